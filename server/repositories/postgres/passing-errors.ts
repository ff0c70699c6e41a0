import { Unavailable } from '../database.ts';

/**
 * What says nothing about the statement itself, by SQLSTATE: connection lost (08), serialisation failure and
 * deadlock (40), disk, memory or connections used up (53), lock not had in time (55P03), cancelled for its time
 * (57014), server shutting down, crashed or starting (57P), disk error (58).
 */
const PASSING_STATES = /^(08|40|53|58|57P|57014|55P03|25P0[34])/;
const SOCKET_ERRORS = /^(ECONN|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN)/;
/** Of the client itself, which gives these no code. */
const CONNECTION_LOST =
  /Connection terminated|Client has encountered a connection error|timeout exceeded|not queryable/;

/** The error as it is, or Unavailable around it where trying again may help. */
export function asUnavailable(error: unknown): Error {
  if (!(error instanceof Error)) return new Error(String(error));
  const code = 'code' in error ? String(error.code) : '';
  const isPassing =
    PASSING_STATES.test(code) || SOCKET_ERRORS.test(code) || CONNECTION_LOST.test(error.message);
  return isPassing ? new Unavailable(error.message, { cause: error }) : error;
}
