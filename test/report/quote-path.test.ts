// The path of quotes and parameters that a live ledger leaves as notes.
import { describe, expect, test } from 'vitest';
import type { MarketEstimates } from '#core/analyzer';
import { momentText, parameterMoment, parseMoment } from '#report/parameter-path';
import { QuotePath, busiestOf, momentsOfNotes } from '#report/quote-path';

describe('quotes as notes', () => {
  const START = 1_767_571_200_000_000;
  const at = (second: number): number => START + second * 1e6;

  test('come back as they stood, whatever is amended; a mid alone counts every 5 s', () => {
    const path = new QuotePath();
    const notes: { us: number; text: string }[] = [];
    for (let second = 0; second < 120; second += 1) {
      if (second === 60) notes.push({ us: at(60), text: path.takeText(at(60)) });
      path.add(at(second), 1000.5 + second, second < 30 ? 0 : second < 90 ? 990 : 1080, 1200);
    }
    notes.push({ us: at(120), text: path.takeText(at(120)) });
    expect(path.takeText(at(120))).toBe('');
    const found = momentsOfNotes(notes);
    expect(found).toHaveLength(24);
    expect(found[0]).toEqual([at(0), 1000.5, 0, 1200]);
    expect(found.find(([, , bid]) => bid === 990)).toEqual([at(30), 1030.5, 990, 1200]);
    expect(found.find(([, , bid]) => bid === 1080)).toEqual([at(90), 1090.5, 1080, 1200]);
    expect(JSON.stringify(notes).length / found.length).toBeLessThan(32);
  });

  test('of the ten minutes with the most fills, a little before the first', () => {
    const moments = Array.from({ length: 5_000 }, (_, s) => [at(s), 1, 0, 0] as const);
    const fills = [100, 3_000, 3_100, 3_590, 4_500].map((s) => ({ us: at(s) }));
    const found = busiestOf(moments, fills);
    expect([found[0]?.[0], found.at(-1)?.[0]]).toEqual([at(2_970), at(3_570)]);
    expect(busiestOf(moments, [])[0]?.[0]).toBe(at(0));
    expect(busiestOf([], fills)).toEqual([]);
    expect(momentsOfNotes([{ us: 1, text: 'x' }, { us: 1, text: '[[1,2]]' }])).toEqual([]); // prettier-ignore
  });
});

describe('parameters as notes', () => {
  const figure = {
    value: 1.23456789,
    standardError: 0.1,
    low: 1,
    high: 1.5,
    effectiveCount: 9,
    age: 0,
  };
  const sided = { bid: figure, ask: figure, both: { ...figure, effectiveCount: 0 } };
  const used = { sigma: 1.23456789, kappa: 1.2, alpha: 0.2, epsilon: 0.2, source: 'dynamic' };
  const estimates = { sigma: figure, kappa: sided, alpha: sided, epsilon: sided } as never;

  test('there and back, with bands only where something was measured', () => {
    const moment = parameterMoment(
      1_767_600_000_123_456 as never,
      used as never,
      estimates as MarketEstimates,
    );
    expect(moment).toMatchObject({ sigma: [1.23456789, 1, 1.5], kappa: [1.2, null, null] });
    const back = parseMoment(momentText(moment));
    expect(back).toEqual({ ...moment, sigma: [1.23457, 1, 1.5] });
    expect(momentText(moment).length).toBeLessThan(400);
  });

  test('other notes are none of ours', () => {
    expect(['', 'a word', '{}', '[1]', 'null'].map((text) => parseMoment(text))).toEqual([
      null, null, null, null, null,
    ]); // prettier-ignore
  });
});
