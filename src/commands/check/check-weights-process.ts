/** A process of its own for check-plan.ts: reads weights and tells, as JSON, which do not fit. */
import { UserError } from '../../errors';
import type { EncoderName } from '../../model/encoders';

/** Weights, and the encoder that is to take them. */
export interface WeightsRequest {
  encoder: EncoderName;
  /** A path, as `model.encoder.weights` may be. */
  weights: string;
  blocks: number[];
  width: number;
  /** Whether batch normalisation stands behind the blocks that take them. */
  batchNorm: boolean;
}

export interface WeightsProblem {
  problem: string;
  remedy: string;
}

async function problemsOf(requests: readonly WeightsRequest[]): Promise<WeightsProblem[]> {
  const [{ ENCODERS }, { readPretrained }, { encoderLayers }] = await Promise.all([
    import('../../model/encoders'),
    import('../../model/weights/pretrained-source'),
    import('../../model/weights/encoder-layers'),
  ]);
  const problems: WeightsProblem[] = [];
  for (const { weights, encoder: name, ...shape } of requests) {
    const encoder = ENCODERS[name];
    try {
      const source = await readPretrained(weights, { encoder });
      encoderLayers(source.weights, { encoder, ...shape, batchNormEpsilon: source.batchNormEpsilon });
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      problems.push({ problem: error.problem, remedy: error.remedy });
    }
  }
  return problems;
}

if (import.meta.main) console.log(JSON.stringify(await problemsOf(JSON.parse(process.argv[2]))));
