/** A request that failed; the message is a sentence for the user. */
export class RequestError extends Error {}

/** Sends a request and returns the response; every failure becomes a `RequestError`. */
async function request(path, options = {}) {
  let response;
  try {
    response = await fetch(path, options);
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new RequestError(
      "The server does not answer. If it was stopped, start `tessera gui` again and open the address that it prints.");
  }
  if (response.ok) return response;
  const text = await response.text().catch(() => "");
  let sentence;
  try {
    sentence = JSON.parse(text).error;
  } catch {
    // Not JSON: a proxy or a crash; the status is all there is.
  }
  throw new RequestError(sentence || `The server answered ${response.status} ${response.statusText} to ${path}.`);
}

export async function getJSON(path, options) {
  return (await request(path, options)).json();
}

export async function getBytes(path, options) {
  return (await request(path, options)).arrayBuffer();
}

export async function postJSON(path, body = {}) {
  const options = { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
  return (await request(path, options)).json();
}

export async function remove(path) {
  await request(path, { method: "DELETE" });
}

/** Sends a file as a new project; returns its state. */
export async function upload(file) {
  const path = `/api/projects?name=${encodeURIComponent(file.name)}`;
  const options = { method: "POST", headers: { "Content-Type": "application/octet-stream" }, body: file };
  return (await request(path, options)).json();
}

/** The address of something of a project: `projectPath(1, "tiles", "image", 0, 2, 3)`. */
export function projectPath(id, ...parts) {
  return ["/api/projects", id, ...parts.map(encodeURIComponent)].join("/");
}
