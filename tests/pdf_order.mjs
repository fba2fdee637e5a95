// Prints the text that pdf.js copies from a PDF, with a form feed after each page.
//
//     node pdf_order.mjs PDFJS FORM.pdf      PDFJS: the folder of the npm package pdfjs-dist
//
// pdf.js 5 needs Node 20; of the package only the legacy build runs there.
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

const [folder, file] = process.argv.slice(2);
const pdfjs = await import(pathToFileURL(`${folder}/legacy/build/pdf.mjs`));
const data = new Uint8Array(readFileSync(file));
const pdf = await pdfjs.getDocument({
  data,
  verbosity: pdfjs.VerbosityLevel.ERRORS,
  cMapUrl: `${folder}/cmaps/`,
  standardFontDataUrl: `${folder}/standard_fonts/`,
}).promise;
for (let number = 1; number <= pdf.numPages; number += 1) {
  const { items } = await (await pdf.getPage(number)).getTextContent();
  process.stdout.write(items.map((item) => item.str + (item.hasEOL ? '\n' : '')).join('') + '\f');
}
