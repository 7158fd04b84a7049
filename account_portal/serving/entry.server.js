// How React Router's pages are written: when the build prerenders them, and for each customer.

import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import { createElement } from "react";
import { renderToPipeableStream } from "react-dom/server.node";
import { ServerRouter } from "react-router";

export { createRequestHandler } from "react-router"; // of the same copy of the router as the pages
export const streamTimeout = 2000;

/** The whole page at once, its parts where they belong: none is put there by a script. */
export default function write(request, status, headers, context) {
  return new Promise((resolve, reject) => {
    let fault;
    const page = createElement(ServerRouter, { context, url: request.url });
    const { pipe } = renderToPipeableStream(page, {
      progressiveChunkSize: Infinity,
      onError: (error) => void (fault ??= error),
      onShellError: reject,
      onAllReady() {
        if (fault) return reject(fault); // part of it would be empty until the browser draws it
        headers.set("Content-Type", "text/html");
        resolve(text(pipe(new PassThrough())).then((html) => new Response(html, { status, headers })));
      },
    });
  });
}
