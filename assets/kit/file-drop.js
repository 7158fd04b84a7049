import { createElement as h, useContext, useEffect, useRef, useState } from "react";
import { UploadFilesContext } from "$/utils/context-registry";
import { refs } from "$/utils/state";
import { Icon } from "./icon.js";
import { markInvalid } from "./own-errors.js";

export const megabytes = (bytes) => `${Math.max(0.1, Math.round((bytes / 1048576) * 10) / 10)} MB`;

/** Seconds as a player shows them; nothing for what has no end or is not known. */
export function length(seconds) {
  if (!Number.isFinite(seconds)) return "";
  const whole = Math.max(1, Math.round(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

function fits(file, accept) {
  const kinds = accept.split(",").map((kind) => kind.trim().toLowerCase());
  const name = file.name.toLowerCase();
  return kinds.some(
    (kind) =>
      (kind.startsWith(".") && name.endsWith(kind)) ||
      (kind.endsWith("/*") && file.type.startsWith(kind.slice(0, -1))) ||
      kind === file.type,
  );
}

/** Which of the files picked are taken beside those taken before, and why one is not. */
export function choose(before, picked, kinds) {
  const kindOf = (file) => kinds.find(({ accept }) => fits(file, accept));
  const one = kinds.length === 1 && kinds[0].limit === 1;
  const taken = one ? [] : [...before];
  let fault = "";
  for (const file of picked) {
    const kind = kindOf(file);
    const same = kind ? taken.filter((other) => kindOf(other) === kind).length : 0;
    if (!kind) fault ||= `${file.name} cannot be sent. Choose ${kinds.map(({ types }) => types).join(", or ")}.`;
    else if (file.size > kind.max_bytes) fault ||= `${file.name} is larger than ${megabytes(kind.max_bytes)}.`;
    else if (same >= kind.limit) fault ||= `At most ${kind.limit} ${kind.limit === 1 ? kind.one : kind.many}.`;
    else taken.push(file);
  }
  return { taken: one && !taken.length ? [...before] : taken, fault };
}

const TILE = "aspect-square w-full rounded-box border border-line bg-sunken object-cover";

/** One chosen file; of a video its first picture, its name and its length. */
function Chosen({ file, url, onRemove, disabled, icons }) {
  const [said, setSaid] = useState("");
  const [dark, setDark] = useState(false);
  const isVideo = file.type.startsWith("video/");
  const details = [said, megabytes(file.size)].filter(Boolean).join(" · ");
  return h(
    "li",
    { className: "relative min-w-0" },
    !isVideo
      ? h("img", { src: url, alt: file.name, className: TILE })
      : dark
        ? h("span", { className: `grid place-items-center text-muted ${TILE}` }, h(Icon, { d: icons.play, size: 28 }))
        : h("video", {
            // The first picture, not the black before it.
            src: `${url}#t=0.1`,
            muted: true,
            playsInline: true,
            preload: "metadata",
            tabIndex: -1,
            "aria-hidden": true,
            className: TILE,
            onLoadedMetadata: ({ target }) => {
              setSaid(length(target.duration));
              setDark(target.videoWidth === 0);
            },
            onError: () => setDark(true),
          }),
    isVideo &&
      h(
        "p",
        { className: "mt-1 text-small" },
        h("span", { className: "block truncate", dir: "auto", title: file.name }, file.name),
        h("span", { className: "block text-muted tabular-nums" }, details),
      ),
    h(
      "button",
      {
        type: "button",
        disabled,
        className:
          "absolute end-1 top-1 grid size-8 place-items-center rounded-full bg-surface text-text shadow-raised hover:bg-sunken disabled:opacity-50",
        "aria-label": `Remove ${file.name}`,
        onClick: onRemove,
      },
      h(Icon, { d: icons.remove, size: 16 }),
    ),
  );
}

/** A native file input over a drop area, with previews. `uploadId` hands the files to
 *  `rx.upload_files(upload_id)`; without it they travel with the form, as `name`. */
export function FileDrop(props) {
  const { uploadId, kinds, resetKey, progress = 0, onPicked, onChosen } = props;
  const { label, hint, icons, id, name, describedBy, invalid } = props;
  const [, setFilesById] = useContext(UploadFilesContext) ?? [];
  const [files, setFiles] = useState([]);
  const [fault, setFault] = useState("");
  const input = useRef(null);
  const urls = useRef(new Map());
  const isSending = progress > 0 && progress < 100;
  const sending = useRef(false);
  sending.current = isSending;

  const keep = (next) => {
    for (const [file, url] of urls.current) {
      if (next.includes(file)) continue;
      URL.revokeObjectURL(url);
      urls.current.delete(file);
    }
    for (const file of next) {
      if (!urls.current.has(file)) urls.current.set(file, URL.createObjectURL(file));
    }
    setFiles(next);
    const carrier = new DataTransfer();
    next.forEach((file) => carrier.items.add(file));
    input.current.files = carrier.files;
    if (uploadId) setFilesById?.((all) => ({ ...all, [uploadId]: next }));
    onPicked?.(next.length);
  };

  useEffect(
    () => () => {
      urls.current.forEach((url) => URL.revokeObjectURL(url));
      // The form was closed: what is still on its way is wanted no more.
      if (sending.current) refs[`__upload_controllers_${uploadId}`]?.abort();
    },
    [],
  );
  const first = useRef(true);
  useEffect(() => {
    if (first.current) {
      first.current = false;
      if (urls.current.size) return; // picked by a form that this effect came after
      // The browser's own field took files before this script was there: no event told of them.
      if (input.current.files.length) pick();
      // Files picked in an earlier form of that name would be sent again.
      else if (uploadId) setFilesById?.((all) => ({ ...all, [uploadId]: [] }));
    } else keep([]);
  }, [resetKey]);

  useEffect(() => {
    if (files.length) onChosen?.(files.length); // now `rx.upload_files` has them
  }, [files]);

  useEffect(() => markInvalid(input.current));

  const pick = () => {
    const found = choose(files, [...input.current.files], kinds);
    setFault(found.fault);
    keep(found.taken);
  };

  const remove = (gone) => {
    setFault("");
    keep(files.filter((file) => file !== gone));
    input.current.focus();
  };

  return h(
    "div",
    { className: "grid gap-3" },
    h(
      "div",
      {
        className:
          "relative grid justify-items-center gap-1 rounded-box border border-dashed border-line-control bg-surface px-4 py-6 text-center transition-colors hover:border-accent-text has-[:focus-visible]:outline-2 has-[:focus-visible]:outline-offset-2 has-[:focus-visible]:outline-accent-text",
      },
      h(Icon, { d: icons.upload, size: 24, className: "text-muted" }),
      h("span", { className: "font-medium", "aria-hidden": true }, label),
      hint && h("span", { id: `${id}-rules`, className: "text-small text-muted" }, hint),
      h("input", {
        ref: input,
        id,
        name,
        type: "file",
        accept: kinds.map(({ accept }) => accept).join(","),
        multiple: kinds.length > 1 || kinds[0].limit > 1,
        disabled: isSending,
        "aria-label": label,
        "aria-describedby": [hint && `${id}-rules`, `${id}-fault`, describedBy].filter(Boolean).join(" "),
        "aria-invalid": invalid || fault ? true : undefined,
        className: "absolute inset-0 cursor-pointer opacity-0",
        onChange: pick,
      }),
    ),
    h(
      "p",
      { id: `${id}-fault`, role: "alert", dir: "auto", className: "field-error text-small text-danger" },
      fault,
    ),
    files.length > 0 &&
      h(
        "ul",
        { className: "grid grid-cols-[repeat(auto-fill,minmax(6rem,1fr))] gap-3" },
        files.map((file) =>
          h(Chosen, {
            key: urls.current.get(file),
            file,
            url: urls.current.get(file),
            icons,
            disabled: isSending,
            onRemove: () => remove(file),
          }),
        ),
      ),
    isSending &&
      h(
        "div",
        { className: "grid gap-1.5" },
        h(
          "div",
          {
            role: "progressbar",
            "aria-label": "Sending",
            "aria-valuemin": 0,
            "aria-valuemax": 100,
            "aria-valuenow": progress,
            className: "h-2 overflow-hidden rounded-full bg-line",
          },
          h("div", {
            className: "h-full rounded-full bg-accent-text transition-[width] duration-200",
            style: { width: `${progress}%` },
          }),
        ),
        h("p", { className: "text-small text-muted tabular-nums", "aria-hidden": true }, `${progress} % sent`),
      ),
  );
}
