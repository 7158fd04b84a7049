import { createElement as h, useContext, useEffect, useState } from "react";
import { PrefetchPageLinks, UNSAFE_NavigationContext as NavigationContext } from "react-router";
import { inside } from "$/utils/navigation";

/* Links inside the portal. Each of the router's own draws itself anew whenever the address changes and has
 * listeners of its own, half of the work of a list. These are plain, and `RouteLinks` follows them all. */

/** In a storefront's frame all pages stand under one path. */
export function RouteLink({ to, ...rest }) {
  const { basename } = useContext(NavigationContext);
  return h("a", { ...rest, href: basename.replace(/\/$/, "") + to, "data-route": "" });
}

const linkOf = (event) => event.target.closest?.("a[data-route]");
const opensHere = (event, { target }) =>
  event.button === 0 && !(event.metaKey || event.altKey || event.ctrlKey || event.shiftKey) && (!target || target === "_self");

const MAKING_UP_THEIR_MIND = 100;

/** Goes where a link leads without a load, and fetches that page's script once somebody rests on the link. */
export function RouteLinks() {
  const [page, setPage] = useState("");
  useEffect(() => {
    const router = window.__reactRouterDataRouter;
    const follow = (event) => {
      const link = linkOf(event);
      if (!link || event.defaultPrevented || !opensHere(event, link)) return;
      event.preventDefault();
      const { pathname, search, hash } = new URL(link.href);
      router.navigate(inside({ pathname, search, hash }, router.basename), { replace: link.href === location.href });
    };
    let rested;
    let soon;
    const rest = (event) => {
      const link = linkOf(event);
      if (link === rested) return;
      rested = link;
      clearTimeout(soon);
      soon = setTimeout(() => setPage(link?.getAttribute("href") ?? ""), MAKING_UP_THEIR_MIND);
    };
    const resting = ["mouseover", "focusin", "touchstart"];
    document.addEventListener("click", follow);
    for (const kind of resting) document.addEventListener(kind, rest, { passive: true });
    return () => {
      clearTimeout(soon);
      document.removeEventListener("click", follow);
      for (const kind of resting) document.removeEventListener(kind, rest);
    };
  }, []);
  return page && h(PrefetchPageLinks, { page });
}
