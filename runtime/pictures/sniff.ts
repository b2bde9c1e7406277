import { open } from "node:fs/promises";
import { fileTypeFromFile } from "file-type";
import { BadInput } from "#flow/work-errors.ts";
import { whatIsCutOff } from "./cut-off.ts";
import { endsEarly } from "./decoder.ts";

/** The formats that the task works on, by what is inside the file and not by its name. */
export type ImageFormat = "jpeg" | "png" | "webp" | "avif" | "gif" | "tiff";

const FORMAT_BY_MIME: ReadonlyMap<string, ImageFormat> = new Map([
  ["image/jpeg", "jpeg"],
  ["image/png", "png"],
  ["image/apng", "png"],
  ["image/webp", "webp"],
  ["image/avif", "avif"],
  ["image/gif", "gif"],
  ["image/tiff", "tiff"],
]);

const NAME_BY_EXTENSION: ReadonlyMap<string, string> = new Map([
  ["pdf", "a PDF document"],
  ["zip", "a ZIP archive"],
  ["gz", "a gzip archive"],
  ["docx", "a Word document"],
  ["xlsx", "an Excel workbook"],
  ["pptx", "a PowerPoint presentation"],
  ["xml", "an XML document"],
  ["mp4", "an MP4 video"],
  ["mov", "a QuickTime video"],
  ["mkv", "a Matroska video"],
  ["webm", "a WebM video"],
]);

const HEAD_BYTES = 4096;

/**
 * What kind of image the file is, from its first bytes.
 * @throws BadInput naming what the file is, where it is no image of these kinds, and what of it is missing.
 */
export async function sniffImage(path: string): Promise<ImageFormat> {
  const head = await readHead(path);
  // A byte order mark looks like MP3 to the sniffer, and a long ID3 tag like nothing.
  if (isUtf16(head)) throw new BadInput(describeText(head, undefined));
  if (head.toString("latin1", 0, 3) === "ID3")
    throw new BadInput("The file is a sound file (audio/mpeg), not an image.");
  const missing = await whatIsCutOff(path);
  if (missing !== undefined) throw endsEarly(missing);
  const type = await fileTypeFromFile(path);
  const format = FORMAT_BY_MIME.get(type?.mime ?? "");
  if (format !== undefined) return format;
  if (type?.mime.startsWith("image/hei") === true) {
    throw new BadInput(
      "The file is a HEIC image, and its compression (HEVC) cannot be decoded here; export it as JPEG or AVIF.",
    );
  }
  if (type === undefined || type.ext === "xml") throw new BadInput(describeText(head, type?.ext));
  if (type.mime.startsWith("image/")) {
    throw new BadInput(`The file is an image of type ${type.mime}, which is not supported.`);
  }
  throw new BadInput(`The file is ${nameOf(type)}, not an image.`);
}

function nameOf({ ext, mime }: { ext: string; mime: string }): string {
  const known = NAME_BY_EXTENSION.get(ext);
  if (known !== undefined) return known;
  const family = mime.slice(0, mime.indexOf("/"));
  if (family === "video") return `a video (${mime})`;
  if (family === "audio") return `a sound file (${mime})`;
  return `a file of type ${mime}`;
}

function describeText(head: Buffer, extension: string | undefined): string {
  const text = decodeText(head);
  if (text === undefined) return "The file is of no known format, not an image.";
  if (/<svg[\s>]/i.test(text)) return "The file is an SVG drawing; only pixel images are worked on.";
  if (/^\s*<(!doctype\s+html|html)/i.test(text)) return "The file is an HTML page, not an image.";
  return `The file is ${NAME_BY_EXTENSION.get(extension ?? "") ?? "a text file"}, not an image.`;
}

/** The head as text, or undefined where it is none: control characters never stand in text. */
function decodeText(head: Buffer): string | undefined {
  const text = new TextDecoder(isUtf16(head) ? "utf-16le" : "latin1").decode(head);
  return /(?![\t\n\v\f\r])\p{Cc}/u.test(text.replaceAll(/[\u0080-\u009f]/g, "")) ? undefined : text;
}

function isUtf16(head: Buffer): boolean {
  return head[0] === 0xff && head[1] === 0xfe;
}

async function readHead(path: string): Promise<Buffer> {
  await using file = await open(path, "r");
  const { bytesRead, buffer } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
  return buffer.subarray(0, bytesRead);
}
