// npm run bench -w @riskwatch/bench -- share|pick|overhead [options]; README.md says what each measures.
import { overhead } from './overhead/overhead.js';
import { pick } from './pick/pick.js';
import { share } from './share/share.js';

const benches = { share, pick, overhead };
const [name = '', ...args] = process.argv.slice(2);
if (!(name in benches)) {
  console.error(`Which bench? ${Object.keys(benches).join(', ')}`);
  process.exitCode = 2;
} else await benches[name as keyof typeof benches](args);
