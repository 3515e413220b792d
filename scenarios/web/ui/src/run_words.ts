// What stands beside each mark: a word and a shape.
import type { FilmModel, Mark } from './film_model';
import { timeText } from './film_model';

const fateWords = { arrived: '', altered: 'altered', led: 'led elsewhere', lost: 'lost', outside: 'handed over outside' } as const;

// What became of a message; led: as it was sent, but to another place.
export function fateOf(model: FilmModel, item: number): keyof typeof fateWords {
  const event = model.raw(item), fate = model.fate(item);
  return fate === 'altered' && event && event[13] !== 0 && event[9] === event[10] ? 'led' : fate;
}

export function fateWord(model: FilmModel, item: number): string {
  return fateWords[fateOf(model, item)];
}

// As the terminal has them; missed: by a defence that is lifted.
export const toneWords = {
  said: '', act: '', refused: 'refused: ', noticed: 'noticed: ', withheld: 'withheld: ', missed: 'would have spoken, but is lifted: ',
} as const;
export const markShapes: Record<Mark, string> = { touch: '◆', defence: '■', lifted: '□', broken: '✖' };
export const markWords: Record<Mark, string> = {
  touch: 'the adversary', defence: 'a defence spoke', lifted: 'a defence would have spoken, but is lifted', broken: 'a promise broke',
};
export const markTags: Record<Mark, string> = { touch: 'adversary', defence: 'defence', lifted: 'lifted', broken: '' };

// A line without its speaker, as the terminal has it.
export function said(model: FilmModel, item: number): string {
  return toneWords[model.tone(item)] + model.what(item);
}

// The short text of an item as it stands in the stream.
export function label(model: FilmModel, item: number): string {
  const event = model.raw(item);
  if (!event) return `broken ${model.what(item)}`;
  if (model.kind(item) === 'line') return `${model.actor(item)} ${said(model, item)}`;
  return model.what(item) || '(unnamed)';
}

// The whole of an item in words, for those who hear it.
export function spoken(model: FilmModel, item: number): string {
  const time = timeText(model.times[item]!);
  if (model.kind(item) === 'breach') return `${time}, promise broken, ${model.what(item)}`;
  if (model.kind(item) === 'line') {
    const mark = model.marks.get(item);
    return `${time}, ${mark ? markTags[mark] + ', ' : ''}${model.actor(item)} ${said(model, item)}`;
  }
  const [from, to] = model.ends(item), fate = fateWord(model, item);
  const reply = model.raw(item)![4] ? ', reply' : '';
  return `${time}, ${model.what(item)}, ${model.lanes[from]?.name} to ${model.lanes[to]?.name}${reply}, at ${model.actor(item)}${fate ? ', ' + fate : ''}`;
}
