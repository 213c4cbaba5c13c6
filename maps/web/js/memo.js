// What follows from an object alone is worked out once: objects from the service are replaced, never changed.

/** Remember `work(object)` for as long as the object lives. */
export function once(work) {
  const known = new WeakMap();
  return (object) => {
    if (!known.has(object)) known.set(object, work(object));
    return known.get(object);
  };
}
