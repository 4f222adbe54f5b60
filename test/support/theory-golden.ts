// The rows of test/golden/theory.json with types. Provenance: test/golden/README.md.
import { readFileSync } from 'node:fs';

export interface AsRow {
  s: number;
  q: number;
  gamma: number;
  sigma: number;
  tau: number;
  k: number;
  reservation: number;
  spread: number;
  bid: number;
  ask: number;
}
export interface GlftRow {
  sigma: number;
  A: number;
  k: number;
  gamma: number;
  Q: number;
  q: number;
  h?: number;
  W?: number;
  exact_bid: number;
  exact_ask: number;
  closed_bid: number;
  closed_ask: number;
}
export interface PrdRow {
  gamma_per_bp: number;
  sigma: number;
  tau: number;
  k: number;
  time_factor: number;
  min_side: number;
  max_side: number;
  q: number;
  limit: number;
  per_side: 'full' | 'half';
  base: number;
  bid: number;
  ask: number;
}
export interface AsCostRow {
  gamma_per_bp: number;
  sigma: number;
  tau: number;
  k: number;
  h: number;
  q: number;
  shift: number;
  half: number;
  bid_distance: number;
  ask_distance: number;
}
export interface InfiniteRow {
  s: number;
  q: number;
  gamma: number;
  sigma: number;
  qmax: number;
  omega: number;
  reservation_bid: number;
  reservation_ask: number | null;
}
export interface MonteCarloRow {
  version: '2008' | '2006';
  gamma: number;
  strategy: 'inv' | 'sym';
  fill: 'linear' | 'exact';
  spread: number;
  profit: number;
  se: number;
  std_profit: number;
  mean_q: number;
  std_q: number;
  fills: number;
}
export interface TheoryGolden {
  avellaneda_stoikov: AsRow[];
  avg_spread_continuous: Record<string, number>;
  avg_spread_left_grid_200: Record<string, number>;
  as_infinite_horizon_derived: InfiniteRow[];
  glft: GlftRow[];
  glft_hftbacktest_notebook: {
    A: number;
    k: number;
    gamma: number;
    xi: number;
    Delta: number;
    sigma: number;
    c1: number;
    c2: number;
    half_spread: number;
    skew: number;
  };
  as_monte_carlo_200k_paths: MonteCarloRow[];
  glft_with_cost_bp: GlftRow[];
  prd_f2_bp: PrdRow[];
  as_with_cost_bp: AsCostRow[];
}

export const golden = JSON.parse(
  readFileSync(new URL('../golden/theory.json', import.meta.url), 'utf8'),
) as TheoryGolden;
