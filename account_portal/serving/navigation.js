// When the browser goes to another address of the portal, before React draws it.

/** A location as the components see it: in a storefront's frame all pages stand under one path. */
export function inside(location, basename = "/") {
  const base = basename.replace(/\/$/, "");
  if (!base || !location.pathname.startsWith(base)) return location;
  return { ...location, pathname: location.pathname.slice(base.length) || "/" };
}

/**
 * Call `told` with each new location and its route's parameters; returns what stops that.
 *
 * A link to the address one is at is told of too: it loads the page anew. Another place of the same
 * page (`#`) is not.
 */
export function onNavigation(told) {
  const router = window.__reactRouterDataRouter;
  if (!router) return () => {};
  let known = router.state.location;
  return router.subscribe(({ location, matches, navigation }) => {
    if (location.key === known.key || navigation.state !== "idle") return;
    const address = ({ pathname, search }) => pathname + search;
    const isPlace = location.hash && address(location) === address(known);
    known = location;
    if (!isPlace) told(inside(location, router.basename), matches.at(-1)?.params ?? {});
  });
}
