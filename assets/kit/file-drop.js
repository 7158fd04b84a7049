import { createElement as h, useContext, useEffect, useRef, useState } from "react";
import { UploadFilesContext } from "$/utils/context-registry";
import { Icon } from "./icon.js";

const megabytes = (bytes) => `${Math.round((bytes / 1048576) * 10) / 10} MB`;

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

/** A native file input over a drop area, with previews. `uploadId` hands the files to
 *  `rx.upload_files(upload_id)`; without it they travel with the form, as `name`. */
export function FileDrop(props) {
  const { uploadId, accept = "image/*", limit = 1, maxBytes, resetKey, progress, onPicked } = props;
  const { label, hint, icons, id, name, describedBy, invalid } = props;
  const [, setFilesById] = useContext(UploadFilesContext) ?? [];
  const [files, setFiles] = useState([]);
  const [fault, setFault] = useState("");
  const input = useRef(null);

  const keep = (next) => {
    setFiles(next);
    const carrier = new DataTransfer();
    next.forEach(({ file }) => carrier.items.add(file));
    input.current.files = carrier.files;
    if (uploadId) setFilesById?.((all) => ({ ...all, [uploadId]: next.map(({ file }) => file) }));
    onPicked?.(next.length);
  };

  useEffect(() => () => files.forEach(({ url }) => URL.revokeObjectURL(url)), []);
  const first = useRef(true);
  useEffect(() => {
    if (first.current) {
      first.current = false;
      // Files picked in an earlier form of that name would be sent again.
      if (uploadId) setFilesById?.((all) => ({ ...all, [uploadId]: [] }));
    } else keep([]);
  }, [resetKey]);

  const pick = () => {
    const picked = [...input.current.files];
    const wrong = picked.filter((file) => !fits(file, accept));
    const large = picked.filter((file) => maxBytes && file.size > maxBytes);
    const good = picked.filter((file) => !wrong.includes(file) && !large.includes(file));
    const before = limit > 1 ? files : [];
    const next = [...before, ...good.map((file) => ({ file, url: URL.createObjectURL(file) }))];
    if (wrong.length) setFault(`${wrong[0].name} is not a file of the right kind.`);
    else if (large.length) setFault(`${large[0].name} is larger than ${megabytes(maxBytes)}.`);
    else if (next.length > limit) setFault(`At most ${limit} files.`);
    else setFault("");
    keep(next.slice(0, limit));
  };

  const remove = (gone) => {
    URL.revokeObjectURL(gone.url);
    keep(files.filter((one) => one !== gone));
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
        accept,
        multiple: limit > 1,
        "aria-label": label,
        "aria-describedby": [hint && `${id}-rules`, `${id}-fault`, describedBy].filter(Boolean).join(" "),
        "aria-invalid": invalid || fault ? true : undefined,
        className: "absolute inset-0 cursor-pointer opacity-0",
        onChange: pick,
      }),
    ),
    h("p", { id: `${id}-fault`, role: "alert", className: "field-error text-small text-danger" }, fault),
    files.length > 0 &&
      h(
        "ul",
        { className: "grid grid-cols-[repeat(auto-fill,minmax(6rem,1fr))] gap-3" },
        files.map((one) =>
          h(
            "li",
            { key: one.url, className: "relative" },
            h("img", {
              src: one.url,
              alt: one.file.name,
              className: "aspect-square w-full rounded-box border border-line bg-sunken object-cover",
            }),
            h(
              "button",
              {
                type: "button",
                className:
                  "absolute end-1 top-1 grid size-8 place-items-center rounded-full bg-surface text-text shadow-raised hover:bg-sunken",
                "aria-label": `Remove ${one.file.name}`,
                onClick: () => remove(one),
              },
              h(Icon, { d: icons.remove, size: 16 }),
            ),
          ),
        ),
      ),
    progress > 0 &&
      progress < 100 &&
      h("progress", { value: progress, max: 100, className: "sr-only", "aria-label": "Upload" }),
  );
}
