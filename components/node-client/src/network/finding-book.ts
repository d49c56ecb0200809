/** What is found wrong now, and what was altered and restored, in the order in which it happened. */
import type { NetworkChange, NetworkFinding, NetworkReport } from '@zhiyun/contracts';
import { type Clock, Emitter, englishOf, isoTime } from '@zhiyun/kernel';
import type { Fault, Part } from './network-diff.ts';

/** More than a node can alter between two words to its Control Server, unless something is at war with us. */
const keptChanges = 32;

export class FindingBook {
  readonly changed = new Emitter<NetworkReport>();
  readonly #clock: Clock;
  readonly #present = new Map<string, { finding: NetworkFinding; part: Part }>();
  #changes: NetworkChange[] = [];
  #lastSequence = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get report(): NetworkReport {
    return { findings: [...this.#present.values()].map(({ finding }) => finding), changes: this.#changes };
  }

  /** Takes what was found when these parts were looked at; of the others what was found before stays. Answers what is new. */
  take(parts: ReadonlySet<Part>, faults: readonly Fault[], by: string | null): NetworkFinding[] {
    const found = new Map(faults.map((fault) => [keyOf(fault), fault]));
    const news: NetworkFinding[] = [];
    let isOther = false;
    for (const [key, { finding, part }] of [...this.#present]) {
      if (!parts.has(part) || found.has(key)) continue;
      this.#present.delete(key);
      this.#note('restored', finding, null);
      isOther = true;
    }
    for (const [key, fault] of found) {
      const before = this.#present.get(key)?.finding;
      const finding = this.#findingOf(fault, before?.since);
      this.#present.set(key, { finding, part: fault.part });
      isOther ||= before?.detail !== finding.detail || before.mend !== finding.mend;
      if (before) continue;
      this.#note('altered', finding, by);
      news.push(finding);
    }
    if (isOther) this.changed.emit(this.report);
    return news;
  }

  #findingOf({ kind, subject, severity, sentence, mend }: Fault, since = isoTime(this.#clock.now())): NetworkFinding {
    return {
      kind,
      subject,
      severity,
      detail: englishOf(sentence),
      sentence,
      mend: mend ? englishOf(mend) : null,
      mendSentence: mend ?? null,
      since,
    };
  }

  /** The time of day is a good beginning: a later life of this agent goes on from there. */
  #note(change: NetworkChange['change'], finding: NetworkFinding, by: string | null): void {
    this.#lastSequence = Math.max(this.#lastSequence + 1, this.#clock.now());
    const noted = { sequence: this.#lastSequence, at: isoTime(this.#clock.now()), change, finding, by };
    this.#changes = [...this.#changes, noted].slice(-keptChanges);
  }
}

function keyOf({ kind, subject }: Fault): string {
  return `${kind} ${subject}`;
}
