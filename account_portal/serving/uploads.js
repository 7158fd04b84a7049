// Uploads as Reflex sends them, with what its customers need: each percent is told once, and a
// failure is told at all.

import { uploadFiles as send } from "$/utils/helpers/upload";

export async function uploadFiles(handler, files, uploadId, onProgress, headers, args, socket, refs, ...rest) {
  if (refs[`__upload_controllers_${uploadId}`]) return false; // pressed twice
  let told = 0;
  const tell = (event) => {
    const percent = Math.floor(100 * event.progress);
    if (percent > told) {
      told = percent;
      onProgress(event);
    }
  };
  const sent = await send(handler, files, uploadId, onProgress && tell, headers, args, socket, refs, ...rest);
  if (sent === false) onProgress?.({ failed: true });
  return sent;
}
