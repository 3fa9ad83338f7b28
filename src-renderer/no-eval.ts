// The page forbids code from text, so the validator must not try it; imported before anything that builds a schema.
import { config } from 'zod';

config({ jitless: true });
