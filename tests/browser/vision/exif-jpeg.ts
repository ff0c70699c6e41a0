/** Puts an EXIF block with only an orientation behind a JPEG's first marker. */
export async function withOrientation(jpeg: Blob, orientation: number): Promise<Blob> {
  const bytes = new Uint8Array(await jpeg.arrayBuffer());
  // prettier-ignore
  const exif = new Uint8Array([
    0xff, 0xe1, 0x00, 0x22, // APP1, 34 bytes with these two
    0x45, 0x78, 0x69, 0x66, 0x00, 0x00, // Exif
    0x4d, 0x4d, 0x00, 0x2a, 0x00, 0x00, 0x00, 0x08, // big endian, first directory at 8
    0x00, 0x01, // one entry:
    0x01, 0x12, 0x00, 0x03, 0x00, 0x00, 0x00, 0x01, 0x00, orientation, 0x00, 0x00, // orientation, one short
    0x00, 0x00, 0x00, 0x00, // no next directory
  ]);
  return new Blob([bytes.slice(0, 2), exif, bytes.slice(2)], { type: 'image/jpeg' });
}
