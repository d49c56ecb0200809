/** Present findings about the guest network, and the log of alterations and repairs in order. */
import { randomUUID } from 'node:crypto';
import type { NetworkChange, NetworkFinding, NetworkReport } from '@zhiyun/contracts';
import { type Clock, Emitter, englishOf, isoTime } from '@zhiyun/kernel';
import type { Fault, Part } from './network-diff.ts';

/** Bound of unsent changes: more come only from a conflict with another program. */
const keptChanges = 32;

export class FindingBook {
  readonly changed = new Emitter<NetworkReport>();
  readonly #clock: Clock;
  readonly #present = new Map<string, { finding: NetworkFinding; part: Part }>();
  #changes: NetworkChange[] = [];
  readonly #life = randomUUID();
  #sequence = 1;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get report(): NetworkReport {
    const findings = [...this.#present.values()].map(({ finding }) => finding);
    return { life: this.#life, sequence: this.#sequence, findings, changes: this.#changes };
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
    if (!isOther) return news;
    this.#sequence++;
    this.changed.emit(this.report);
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

  #note(change: NetworkChange['change'], finding: NetworkFinding, by: string | null): void {
    const noted = { sequence: ++this.#sequence, at: isoTime(this.#clock.now()), change, finding, by };
    this.#changes = [...this.#changes, noted].slice(-keptChanges);
  }
}

function keyOf({ kind, subject }: Fault): string {
  return `${kind} ${subject}`;
}
