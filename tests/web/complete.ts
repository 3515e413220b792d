// At the end of every key of every catalogue file, and before the last letter of every word that a file takes from the vocabulary, the
// editor must offer what stands there. Prints one line for each place where it does not, and the number of places.
import { readFileSync, readdirSync } from 'node:fs';
import { offersAt, type Vocabulary } from '../../scenarios/web/ui/src/editor_complete';
import { contextAt } from '../../scenarios/web/ui/src/editor_context';
import { formsAt, type Schema } from '../../scenarios/web/ui/src/editor_schema';

const [, , schemaFile, root] = process.argv;
const words: Vocabulary = { schema: JSON.parse(readFileSync(schemaFile!, 'utf8')) as Schema, about: new Map(), programs: [], machines: [] };
let places = 0;

function look(name: string, text: string, at: number, wanted: string): void {
  const context = contextAt(text, at);
  const forms = formsAt(words.schema, context.path);
  // Names that the file makes itself: of a source, a variant, a machine.
  if (context.nothing || (context.typing === 'key' && forms.some((form) => typeof form.additionalProperties === 'object'))) return;
  places++;
  if (!offersAt(text, at, words).offers.some((offer) => offer.text.trim() === wanted))
    console.log(`${name}: ${wanted} is not offered at ${context.path.join('/')} (${context.typing}), before ${JSON.stringify(text.slice(at, at + 20))}`);
}

for (const folder of readdirSync(root!, { withFileTypes: true })) {
  if (!folder.isDirectory()) continue;
  for (const name of readdirSync(`${root}/${folder.name}`)) {
    if (!name.endsWith('.yaml')) continue;
    const text = readFileSync(`${root}/${folder.name}/${name}`, 'utf8');
    const bare = text.replace(/(^|\s)#.*$/gm, (comment) => ' '.repeat(comment.length));
    for (const match of bare.matchAll(/(?<=^|[\s{,[])([a-z][\w/.-]*):(?=\s)/gm)) look(name, text, match.index + match[1]!.length, `${match[1]}:`);
    for (const match of bare.matchAll(/(?<=[\s{](?:outcome|by|at|promise|after|profile|weather): )([a-z][\w.-]*)(?=\s*[,}\n])/gm))
      look(name, text, match.index + match[1]!.length - 1, match[1]!);
  }
}
console.log(places);
