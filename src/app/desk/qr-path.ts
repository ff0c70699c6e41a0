/** Quiet modules around a code, as ISO/IEC 18004 asks for. */
const QUIET = 4;

/** A QR code as one SVG path of unit squares. */
export async function qrPath(text: string): Promise<{ readonly path: string; readonly size: number }> {
  const { default: encodeQR } = await import('qr');
  const rows = encodeQR(text, 'raw', { border: QUIET, ecc: 'medium' });
  const path = rows
    .flatMap((row, y) => row.flatMap((isDark, x) => (isDark ? [`M${x} ${y}h1v1h-1z`] : [])))
    .join('');
  return { path, size: rows.length };
}
