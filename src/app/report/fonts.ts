import regular from '@expo-google-fonts/inter/400Regular/Inter_400Regular.ttf?url';
import semibold from '@expo-google-fonts/inter/600SemiBold/Inter_600SemiBold.ttf?url';
import type { PDFDocument } from 'pdfkit';

/** Inter (OFL 1.1), whole: Latin with every Danish and Portuguese letter, Greek, Cyrillic. The PDF holds a subset. */
export async function registerFonts(doc: PDFDocument): Promise<void> {
  const [a, b] = await Promise.all([regular, semibold].map(read));
  if (!a || !b) throw new Error('a font is missing');
  doc.registerFont('regular', a).registerFont('semibold', b);
}

async function read(url: string): Promise<ArrayBuffer> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`font: HTTP ${response.status}`);
  return response.arrayBuffer();
}
