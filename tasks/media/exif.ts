import exifr from "exifr";

/** What the camera wrote, as far as it makes sense. */
export interface CameraFacts {
  /** Degrees, north and east positive. */
  readonly gps?: { readonly latitude: number; readonly longitude: number };
  /** ISO 8601; EXIF has no zone, so one stands here only where the camera wrote its offset. */
  readonly takenAt?: string;
  readonly camera?: string;
  readonly lens?: string;
}

const TAGS = [
  "Make",
  "Model",
  "LensModel",
  "DateTimeOriginal",
  "CreateDate",
  "OffsetTimeOriginal",
  "OffsetTimeDigitized",
  "GPSLatitude",
  "GPSLatitudeRef",
  "GPSLongitude",
  "GPSLongitudeRef",
] as const;

type Tags = Partial<Record<(typeof TAGS)[number] | "latitude" | "longitude", unknown>>;

/** Longer strings are not names of cameras. */
const MAX_NAME_LENGTH = 200;

/**
 * Reads EXIF from a TIFF block (as every container carries it) or from a TIFF file. Broken EXIF is no reason to refuse a
 * picture: it is as if it were not there.
 */
export async function readCameraFacts(source: Buffer | string | undefined): Promise<CameraFacts> {
  if (source === undefined) return {};
  const tags = await parse(source);
  const gps = position(tags);
  const takenAt =
    isoTime(tags.DateTimeOriginal, tags.OffsetTimeOriginal) ??
    isoTime(tags.CreateDate, tags.OffsetTimeDigitized);
  const camera = cameraName(name(tags.Make), name(tags.Model));
  const lens = name(tags.LensModel);
  return {
    ...(gps === undefined ? {} : { gps }),
    ...(takenAt === undefined ? {} : { takenAt }),
    ...(camera === undefined ? {} : { camera }),
    ...(lens === undefined ? {} : { lens }),
  };
}

async function parse(source: Buffer | string): Promise<Tags> {
  try {
    const found: unknown = await exifr.parse(withoutMarker(source), {
      pick: [...TAGS],
      gps: true,
      reviveValues: false,
    });
    return typeof found === "object" && found !== null ? found : {};
  } catch {
    return {};
  }
}

/** JPEG puts "Exif\0\0" before the TIFF block. */
function withoutMarker(source: Buffer | string): Buffer | string {
  if (typeof source === "string") return source;
  return source.toString("latin1", 0, 4) === "Exif" ? source.subarray(6) : source;
}

function position({ latitude, longitude }: Tags): CameraFacts["gps"] {
  if (!isDegrees(latitude, 90) || !isDegrees(longitude, 180)) return undefined;
  return { latitude: microDegrees(latitude), longitude: microDegrees(longitude) };
}

function isDegrees(value: unknown, limit: number): value is number {
  return typeof value === "number" && Number.isFinite(value) && Math.abs(value) <= limit;
}

/** A millionth of a degree is eleven centimetres: finer than any camera knows. */
function microDegrees(value: number): number {
  return Math.round(value * 1e6) / 1e6;
}

function isoTime(time: unknown, offset: unknown): string | undefined {
  const match = /^(\d{4}):(\d\d):(\d\d) (\d\d:\d\d:\d\d)/.exec(String(time));
  if (match === null) return undefined;
  const local = `${match[1]}-${match[2]}-${match[3]}T${match[4]}`;
  const date = new Date(`${local}Z`);
  // "0000:00:00" and the 31st of February are what unset clocks write.
  if (Number.isNaN(date.getTime()) || date.toISOString().slice(0, 19) !== local) return undefined;
  return /^[+-]\d\d:\d\d$/.test(String(offset)) ? `${local}${String(offset)}` : local;
}

/** Most makers repeat their name in the model; then once is enough. */
function cameraName(make: string | undefined, model: string | undefined): string | undefined {
  if (make === undefined || model === undefined) return model ?? make;
  return model.toLowerCase().startsWith(make.toLowerCase()) ? model : `${make} ${model}`;
}

function name(value: unknown): string | undefined {
  if (typeof value !== "string") return undefined;
  const clean = value
    .replaceAll(/\p{Cc}+/gu, " ")
    .trim()
    .slice(0, MAX_NAME_LENGTH);
  return clean === "" ? undefined : clean;
}
