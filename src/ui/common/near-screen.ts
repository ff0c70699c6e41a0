import type { Attachment } from 'svelte/attachments';

type Seen = () => void;
const waiting = new WeakMap<Element, Seen>();
let observer: IntersectionObserver | undefined;

/** Calls `seen` once when the element comes near the screen: a long list loads only what is looked at. */
export const nearScreen =
  (seen: Seen): Attachment<HTMLElement> =>
  (element) => {
    observer ??= new IntersectionObserver(
      (entries) => {
        for (const { target, isIntersecting } of entries) {
          if (!isIntersecting) continue;
          observer?.unobserve(target);
          waiting.get(target)?.();
        }
      },
      { rootMargin: '400px' },
    );
    waiting.set(element, seen);
    observer.observe(element);
    return () => observer?.unobserve(element);
  };
