"""Pieces of what Reflex writes for the browser, each with what `frontend` puts in its place."""

# The browser asks the host it got the page from, whatever port the build was made with.
OWN_ORIGIN = (
    """    endpoint.hostname = frontend_hostname;
""",
    """    endpoint.hostname = frontend_hostname;
    endpoint.port = window.location.port;
""",
)
NO_PORT = (
    """      endpoint.port = ""; // Assume websocket is on https port via load balancer.
""",
    "",
)

# What a page says of itself travels inside its connection, and never in an address; a frame's waits
# until its storefront has said who is there.
CONNECTION = (
    (
        """import throttle from "$/utils/helpers/throttle";
""",
        """import throttle from "$/utils/helpers/throttle";
import { introduction, keepConnection, whenKnown } from "$/utils/connection";
""",
    ),
    (
        """    query: { token },
""",
        """    query: {},
""",
    ),
    (
        """    (warmSocket.io.opts.query.token !== session_token ||
      warmSocket.io.opts.transports""",
        """    (warmSocket.io.opts.transports""",
    ),
    (
        """.io.opts.query = { token: getToken() };""",
        """.io.opts.query = {};""",
    ),
    (
        """    return { event: boot_event, state_schema: app.stateSchema };
""",
        """    const told = introduction(getToken());
    return { event: boot_event, state_schema: app.stateSchema, ...told };
""",
    ),
    (
        """  socket.current.auth = bootAuth(true);
""",
        """  keepConnection(socket);
  socket.current.auth = (send) => whenKnown(() => send(bootAuth(true)));
""",
    ),
)

# The first data stands in the page; what the websocket says before it has loaded the same waits.
# Uploads go through `uploads.js`.
FIRST_DATA = (
    (
        """import { uploadFiles } from "$/utils/helpers/upload";
""",
        """import { uploadFiles } from "$/utils/uploads";
import { release, show, showFirstData, waits } from "$/utils/page-data";
""",
    ),
    (
        """  // Handle socket connect/disconnect.
  useEffect(() => {
""",
        """  useLayoutEffect(() => showFirstData(dispatch), [dispatch]);
  useEffect(() => window.portalAlive?.(), []);

  // Handle socket connect/disconnect.
  useEffect(() => {
""",
    ),
    (
        """import { useCallback, useEffect, useRef, useState } from "react";
""",
        """import { useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";
""",
    ),
    (
        """  const normalized = normalizeEvents(events);
  if (prepend) {
""",
        """  if (waits(() => queueEvents(events, socket, prepend, navigate, params))) return;
  const normalized = normalizeEvents(events);
  if (prepend) {
""",
    ),
    (
        """  socket.current.on("event", (update) => {
    // Skip unknown""",
        """  const hear = (update) => {
    release(update, app.state_name);
    if (waits(() => hear(update))) return;
    // Skip unknown""",
    ),
    (
        """        for (const substate in delta) {
          dispatch[substate](delta[substate]);
        }
        applyClient""",
        """        show(() => {
          for (const substate in delta) dispatch[substate](delta[substate]);
        });
        applyClient""",
    ),
    (
        """  socket.current.on("new_token",""",
        """  socket.current.on("event", hear);
  socket.current.on("new_token",""",
    ),
    (
        """      reportStateUpdateError(error);
    }
  });
""",
        """      reportStateUpdateError(error);
    }
  };
""",
    ),
)

# A page is asked for when the router goes there, not when React has drawn that it did: the answer
# is on its way meanwhile. `navigation.js` tells of it, once; the effect only sees the rest.
NAVIGATION = (
    (
        """import { release, show, showFirstData, waits } from "$/utils/page-data";
""",
        """import { release, show, showFirstData, waits } from "$/utils/page-data";
import { onNavigation } from "$/utils/navigation";
""",
    ),
    (
        """  const handleNavigationEvents = useRef(false);
""",
        """  const told = useRef(null);
  useEffect(
    () =>
      onNavigation((location, routeParams) => {
        if (location.state?.fromNotFound) return;
        const { "*": splat, ...remainingParams } = routeParams;
        params.current = splat ? { ...remainingParams, splat: splat.split("/") } : remainingParams;
        told.current = location.key;
        locationRef.current = prevLocationRef.current = location;
        dispatch["reflex___state____state"]?.({ is_hydrated_rx_state_: false });
        addEvents(app.onLoadInternalEvent());
      }),
    [dispatch, addEvents],
  );

  const handleNavigationEvents = useRef(false);
""",
    ),
    (
        """    if (location.state?.fromNotFound) {
      // If""",
        """    if (location.key === told.current) return;
    if (location.state?.fromNotFound) {
      // If""",
    ),
)


# Server and browser begin with the same: the page's own data over the values it was built with.
BEGINNING = (
    (
        """import { ColorModeContext,""",
        """import { beginning } from "$/utils/page-data";
import { ColorModeContext,""",
    ),
    (
        """  getSnapshot: (substateName) => initialState[substateName],
""",
        """  getSnapshot: (substateName) => beginning(initialState)[substateName],
""",
    ),
    (
        """useState(() => createStateStore(initialState));
""",
        """useState(() => createStateStore(beginning(initialState)));
""",
    ),
)

# A page's parts listen for themselves to what they show. By itself all of a page is drawn anew when
# a link is pressed, when the router goes there, and when it has arrived.
DRAWN_ONCE = (
    """export default Component;
""",
    """import { memo } from "react";
export default memo(Component, () => true);
""",
)
