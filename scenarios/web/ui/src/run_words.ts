// What stands beside each mark: a word and a shape.
import type { FilmModel, Mark } from './film_model';
import { timeText } from './film_model';

export const fateWords = { arrived: '', altered: 'altered', lost: 'lost', outside: 'handed over outside' } as const;
export const toneWords = {
  said: '', act: 'adversary', refused: 'defence', noticed: 'defence', withheld: 'lifted defence', missed: 'missed',
} as const;
export const markShapes: Record<Mark, string> = { touch: '◆', defence: '■', withheld: '□', missed: '○', broken: '✖' };
export const markWords: Record<Mark, string> = {
  touch: "the adversary's touch", defence: 'a defence spoke', withheld: 'a defence would have spoken but is lifted',
  missed: 'missed', broken: 'a promise broke',
};

// The short text of an item as it stands in the stream.
export function label(model: FilmModel, item: number): string {
  const event = model.raw(item);
  if (!event) return `broken ${model.what(item)}`;
  if (model.kind(item) === 'line') return `${model.actor(item)}  ${model.what(item)}`;
  return model.what(item) || '(unnamed)';
}

// The whole of an item in words, for those who hear it.
export function spoken(model: FilmModel, item: number): string {
  const time = timeText(model.times[item]!);
  if (model.kind(item) === 'breach') return `${time}, promise broken, ${model.what(item)}`;
  if (model.kind(item) === 'line') {
    const word = toneWords[model.tone(item)];
    return `${time}, ${word ? word + ', ' : ''}${model.actor(item)} ${model.what(item)}`;
  }
  const [from, to] = model.ends(item), fate = fateWords[model.fate(item)];
  const reply = model.raw(item)![4] ? ', reply' : '';
  return `${time}, ${model.what(item)}, ${model.lanes[from]?.name} to ${model.lanes[to]?.name}${reply}, at ${model.actor(item)}${fate ? ', ' + fate : ''}`;
}
