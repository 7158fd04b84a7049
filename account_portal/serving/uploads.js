// Uploads as Reflex sends them, with what the portal needs: they say whose page sends them, each
// percent is told once, and a failure is told at all.

import { introduction } from "$/utils/connection";
import { uploadFiles as send } from "$/utils/helpers/upload";

export async function uploadFiles(handler, files, uploadId, onProgress, headers, args, socket, refs, url, getToken) {
  if (refs[`__upload_controllers_${uploadId}`]) return false; // pressed twice
  let told = 0;
  const tell = (event) => {
    const percent = Math.floor(100 * event.progress);
    if (percent > told) {
      told = percent;
      onProgress(event);
    }
  };
  const said = { ...headers, "Portal-Page": JSON.stringify(introduction(getToken())) };
  const sent = await send(handler, files, uploadId, onProgress && tell, said, args, socket, refs, url, getToken);
  if (sent === false) onProgress?.({ failed: true });
  return sent;
}
