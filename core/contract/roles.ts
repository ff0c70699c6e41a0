import * as v from 'valibot';

/**
 * What a device may do. technician: inspects. reviewer: judges the work of others at the desk. admin: enrols and
 * revokes devices, reads the audit log. publisher: publishes model packs.
 */
export const Role = v.picklist(['technician', 'reviewer', 'admin', 'publisher']);
export type Role = v.InferOutput<typeof Role>;

/** Each once; at least one, since a device without any may do nothing. */
export const Roles = v.pipe(
  v.array(Role),
  v.minLength(1),
  v.transform((roles): readonly Role[] => [...new Set(roles)]),
);
