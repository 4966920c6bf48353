/* A program in the address of the page: #v1= and base64url(deflate-raw(utf-8)). */

const START = "#v1=";
export const LONGEST_PROGRAM = 100_000; /* bytes */
export const LONGEST_LINK = 32_000; /* characters, which all browsers and most chats let through */

/* What is wrong with a link: `key` is a sentence in messages.json. */
export class LinkError extends Error {
  constructor(key) {
    super(key);
    this.key = key;
  }
}

export async function linkOf(program) {
  const packed = await collected(through(new TextEncoder().encode(program), new CompressionStream("deflate-raw")));
  const text = btoa(Array.from(packed, (byte) => String.fromCharCode(byte)).join(""));
  const link = START + text.replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
  if (link.length > LONGEST_LINK) { throw new LinkError("link.long"); }
  return link;
}

/* The program in the part of an address from # on; null if there is none. */
export async function programIn(hash) {
  if (!hash || hash === "#") { return null; }
  if (!hash.startsWith(START)) { throw new LinkError("link.damaged"); }
  if (hash.length > 2 * LONGEST_LINK) { throw new LinkError("link.huge"); }
  let bytes;
  try {
    const letters = atob(hash.slice(START.length).replaceAll("-", "+").replaceAll("_", "/"));
    const packed = Uint8Array.from(letters, (letter) => letter.charCodeAt(0));
    bytes = await collected(through(packed, new DecompressionStream("deflate-raw")), LONGEST_PROGRAM);
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes).replaceAll(/\r\n?/g, "\n");
  } catch (error) {
    throw error instanceof LinkError ? error : new LinkError("link.damaged");
  }
}

function through(bytes, stream) {
  return new Blob([bytes]).stream().pipeThrough(stream);
}

/* All bytes of a stream, of which one that never ends is left in time. */
async function collected(stream, most = Infinity) {
  const reader = stream.getReader();
  const chunks = [];
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) { break; }
    length += value.length;
    if (length > most) {
      reader.cancel().catch(() => {});
      throw new LinkError("link.huge");
    }
    chunks.push(value);
  }
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}
