import { PbfWriter } from "pbf";

/** Types of the wire: a number, and what has its length before it. */
const NUMBER = 0;
const TEXT = 2;

/** ExportTraceServiceResponse. */
export function encodeAnswer(rejectedSpans: number, errorMessage: string): Uint8Array<ArrayBuffer> {
  const pbf = new PbfWriter();
  if (rejectedSpans > 0) {
    pbf.writeMessage(1, writePartialSuccess, { rejectedSpans, errorMessage });
  }
  return new Uint8Array(pbf.finish());
}

function writePartialSuccess(
  { rejectedSpans, errorMessage }: { readonly rejectedSpans: number; readonly errorMessage: string },
  pbf: PbfWriter,
): void {
  pbf.writeTag(1, NUMBER);
  pbf.writeVarint(rejectedSpans);
  pbf.writeTag(2, TEXT);
  pbf.writeString(errorMessage);
}
