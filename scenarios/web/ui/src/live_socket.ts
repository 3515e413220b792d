// The socket to the program: questions with their answers. It comes back by itself while the program is there.

export class Refused extends Error {}

interface Waiting {
  good(value: unknown): void;
  bad(error: Error): void;
}

const kBackMin = 500, kBackMax = 5_000; // milliseconds

export class Socket {
  private socket: WebSocket | null = null;
  private readonly waiting = new Map<number, Waiting>();
  private last = 0;
  private back = kBackMin;

  // `stands` hears whether there is a connection, and what to tell the reader where there is none.
  constructor(private readonly token: string, private readonly stands: (open: boolean, why: string) => void) {
    this.connect();
  }

  ask<T>(ask: string, fields: Record<string, unknown> = {}): Promise<T> {
    const socket = this.socket;
    if (!socket || socket.readyState !== WebSocket.OPEN) return Promise.reject(new Refused('the program is not there; is `glacis serve --web` still running?'));
    const id = ++this.last;
    return new Promise<T>((good, bad) => {
      this.waiting.set(id, { good: good as (value: unknown) => void, bad });
      socket.send(JSON.stringify({ id, ask, ...fields }));
    });
  }

  private connect(): void {
    const socket = new WebSocket(`ws://${location.host}/live?token=${this.token}`);
    this.socket = socket;
    socket.onopen = () => {
      this.back = kBackMin;
      this.stands(true, '');
    };
    socket.onmessage = (event) => this.hear(event.data as string);
    socket.onclose = (event) => {
      const why = event.code === 1009 ? 'the message was too large for the program' : 'the connection to the program ended';
      for (const one of this.waiting.values()) one.bad(new Refused(why));
      this.waiting.clear();
      this.stands(false, why);
      setTimeout(() => this.connect(), this.back);
      this.back = Math.min(this.back * 2, kBackMax);
    };
  }

  private hear(text: string): void {
    const said = JSON.parse(text) as { id: number; ok?: unknown; error?: string };
    const one = this.waiting.get(said.id);
    this.waiting.delete(said.id);
    if (said.error !== undefined) one?.bad(new Refused(said.error));
    else one?.good(said.ok);
  }
}
