// What one event is: of a message its fields as its layout reads them beside its bytes, as it was sent and as it arrived.
import type { RawField } from './film';
import { differs, fieldsOf, printable, rangeDiffers, type Field } from './film_bytes';
import { timeText, type FilmModel } from './film_model';
import { h } from './dom';
import { fateOf, markWords, said } from './run_words';

const kBytesShown = 512;

// `perLine` is how many bytes stand on a line.
export function detail(model: FilmModel, item: number, side: string, perLine: number): HTMLElement {
  const out = h('section', { class: 'detail', 'aria-label': side ? `Event, ${side} run` : 'Event' });
  if (side) out.append(h('p', { class: 'side' }, `${side} run`));
  if (item < 0) out.append(h('p', { class: 'quiet' }, 'Nothing on this side of the row.'));
  else if (model.kind(item) === 'message') message(out, model, item, perLine);
  else if (model.kind(item) === 'line') line(out, model, item);
  else {
    const breach = model.breach(item)!;
    out.append(h('h2', {}, `Promise broken: ${breach.promise}`), facts([['time', timeText(model.times[item]!)], ['what', breach.what]]));
  }
  return out;
}

function facts(rows: [string, string][]): HTMLElement {
  const list = h('dl', { class: 'facts' });
  for (const [name, value] of rows) if (value) list.append(h('dt', {}, name), h('dd', {}, value));
  return list;
}

function line(out: HTMLElement, model: FilmModel, item: number): void {
  const event = model.raw(item)!, mark = model.marks.get(item);
  out.append(h('h2', {}, `${model.actor(item)} ${said(model, item)}`));
  out.append(facts([
    ['time', timeText(model.times[item]!)], ['mark', mark ? markWords[mark] : ''],
    ['defence', model.text(event[8])], ['clause', model.text(event[7])],
  ]));
}

const fateSentences = {
  arrived: 'as it was sent', altered: 'altered on the way', led: 'as it was sent, but elsewhere', lost: 'lost: the adversary let nothing through',
  outside: 'handed over by the adversary, outside of anybody’s crossing',
} as const;

function message(out: HTMLElement, model: FilmModel, item: number, perLine: number): void {
  const event = model.raw(item)!, [from, to] = model.ends(item), fate = fateOf(model, item);
  out.append(h('h2', {}, model.what(item) || '(unnamed)'));
  const list = facts([
    ['time', timeText(model.times[item]!)], ['boundary', model.actor(item)],
    ['from', `${model.lanes[from]?.name ?? ''} to ${model.lanes[to]?.name ?? ''}${event[4] ? ', a reply' : ''}`],
    ['arrived', fateSentences[fate]], ['led to', model.text(event[13])],
    ['layout', model.data.shapes[event[11]!]?.[0] || 'none: bytes alone'],
  ]);
  if (fate !== 'arrived') list.classList.add('touched');
  out.append(list);
  const sent = model.bytes(event[9]), sentShape = model.data.shapes[event[11]!]?.[1] ?? [];
  if (fate !== 'altered') {
    out.append(bytesView(fate === 'lost' ? 'Sent, never arrived' : fate === 'outside' ? 'Handed over' : 'Sent and arrived', sentShape, sent, null, perLine));
    return;
  }
  const arrived = model.bytes(event[10]), arrivedShape = model.data.shapes[event[12]!]?.[1] ?? [];
  out.append(bytesView('Sent', sentShape, sent, arrived, perLine), bytesView('Arrived', arrivedShape, arrived, sent, perLine));
}

// Fields beside bytes; a field that is pointed at or chosen shows where it lies. `other` is what differences are marked against.
function bytesView(title: string, layout: RawField[], bytes: Uint8Array, other: Uint8Array | null, perLine: number): HTMLElement {
  const changed = other ? count(bytes, other) : 0;
  const dump = h('pre', { class: 'dump', tabindex: 0, 'aria-label': `${title}, bytes` });
  let chosen: Field | null = null, all = false;
  const fill = (): void => dump.replaceChildren(...dumpLines(bytes, other, chosen, all ? bytes.length : kBytesShown, perLine));
  fill();
  const out = h('div', { class: 'bytes' });
  out.append(h('h3', {}, `${title}: ${bytes.length} bytes${other ? `, ${changed} ${changed === 1 ? 'differs' : 'differ'}` : ''}`));
  const fields = fieldsOf(layout, bytes);
  if (fields.length > 0) out.append(fieldTable(title, fields, bytes, other, (field) => ((chosen = field), fill())));
  out.append(dump);
  if (bytes.length > kBytesShown) {
    const more = h('button', { type: 'button', onclick: () => ((all = true), fill(), more.remove()) }, `Show all ${bytes.length} bytes`);
    out.append(more);
  }
  return out;
}

function count(a: Uint8Array, b: Uint8Array): number {
  let out = 0;
  for (let at = 0; at < Math.max(a.length, b.length); ++at) if (differs(a, b, at)) ++out;
  return out;
}

function fieldTable(title: string, fields: Field[], bytes: Uint8Array, other: Uint8Array | null, choose: (field: Field | null) => void): HTMLElement {
  const body = h('tbody');
  for (const field of fields) {
    const changed = other !== null && rangeDiffers(bytes, other, field.offset, field.size);
    const show = (): void => choose(field), hide = (): void => choose(null);
    const name = h('button', { type: 'button', class: 'field', onfocus: show, onblur: hide }, field.name);
    body.append(h('tr', { class: changed ? 'changed' : null, onmouseenter: show, onmouseleave: hide },
      h('td', {}, name), h('td', { class: 'number' }, `0x${field.offset.toString(16)}`), h('td', { class: 'number' }, field.size),
      h('td', { class: 'value' }, changed ? h('b', {}, '≠ ') : null, field.value)));
  }
  return h('table', { class: 'fields' }, h('caption', { class: 'unseen' }, `${title}, fields`),
    h('thead', {}, h('tr', {}, ...['field', 'offset', 'size', 'value'].map((name) => h('th', { scope: 'col' }, name)))), body);
}

function dumpLines(bytes: Uint8Array, other: Uint8Array | null, chosen: Field | null, max: number, perLine: number): Node[] {
  if (bytes.length === 0) return [document.createTextNode('no bytes')];
  const out: Node[] = [];
  let run = '', style = '';
  const flush = (): void => {
    if (run) out.push(style ? h('span', { class: style }, run) : document.createTextNode(run));
    run = '';
  };
  const put = (text: string, as: string): void => {
    if (as !== style) flush(), (style = as);
    run += text;
  };
  const look = (at: number): string => {
    const changed = other !== null && at < bytes.length && differs(bytes, other, at);
    const pointed = chosen !== null && at >= chosen.offset && at < chosen.offset + chosen.size;
    return [changed ? 'changed' : '', pointed ? 'pointed' : ''].join(' ').trim();
  };
  const end = Math.min(bytes.length, max);
  for (let line = 0; line < end; line += perLine) {
    put(line.toString(16).padStart(4, '0') + '  ', 'place');
    for (let at = line; at < line + perLine; ++at) {
      const is = at < end;
      put(is ? bytes[at]!.toString(16).padStart(2, '0') : '  ', is ? look(at) : '');
      const goes = at + 1 < Math.min(line + perLine, end) && look(at) === look(at + 1); // a mark goes on over the gap
      put(at % 8 === 7 ? '  ' : ' ', goes ? look(at) : '');
    }
    for (let at = line; at < Math.min(line + perLine, end); ++at) put(printable(bytes[at]!), look(at));
    put('\n', '');
  }
  flush();
  return out;
}
