/** Clients of services and other things that are made to be shared: what makes them and what ends them. */
import type { Call } from '../syntax/calls.ts';
import { calledName, callsLike } from '../syntax/called.ts';
import type { FileFacts } from '../file-facts.ts';

export interface Client extends Call {
  /** What it is, with its article: `an HTTP session`. */
  readonly noun: string;
  /** Stays, with its connections or threads, until it is closed: it does not do to drop it. */
  readonly mustClose: boolean;
}

export const CLIENT_ENDS: ReadonlySet<string> = new Set(
  `close aclose dispose shutdown disconnect term destroy stop quit stop_polling __exit__ __aexit__ cleanup
  wait_closed terminate`
    .trim()
    .split(/\s+/),
);

/** Full dotted names, or names as they are written where nothing imports them. */
const KINDS: readonly { noun: string; mustClose: boolean; maker: RegExp }[] = [
  {
    noun: 'an HTTP session',
    mustClose: true,
    maker: /^aiohttp(\.client)?\.(ClientSession|TCPConnector|UnixConnector)$|^ClientSession$/,
  },
  { noun: 'an HTTP client', mustClose: true, maker: /^httpx\.(Async)?Client$|^AsyncClient$/ },
  {
    noun: 'an HTTP session',
    mustClose: false,
    maker:
      /^requests(\.sessions)?\.([Ss]ession)$|^requests_html\.(Async)?HTMLSession$|^cloudscraper\.create_scraper$/,
  },
  {
    noun: 'a connection pool',
    mustClose: false,
    maker: /^urllib3(\.\w+)?\.(PoolManager|ProxyManager|HTTPS?ConnectionPool)$|^httplib2\.Http$/,
  },
  { noun: 'a URL opener', mustClose: false, maker: /^urllib\.request\.(build_opener|OpenerDirector)$/ },
  {
    noun: 'an AWS client',
    mustClose: false,
    maker:
      /^(boto3|aioboto3)\.(client|resource|session\.Session|Session)$|^(botocore|aiobotocore)\.session\.(get_session|Session)$|^boto3\.(session\.)?Session\(.*\)\.(client|resource)$/s,
  },
  {
    noun: 'a database engine',
    mustClose: true,
    maker:
      /^(sqlalchemy|sqlmodel)(\.\w+)*\.(create_engine|create_async_engine|engine_from_config)$|^create_(async_)?engine$/,
  },
  {
    noun: 'a database client',
    mustClose: true,
    maker:
      /^(pymongo(\.\w+)*\.)?(Async)?MongoClient$|^(motor\.\w+\.)?AsyncIOMotorClient$|^neo4j\.(Async)?GraphDatabase\.driver$|^cassandra\.cluster\.Cluster$|^(asyncpg|aiomysql|aiopg|aioredis)\.create_(pool|redis_pool|redis)$|^(elasticsearch|opensearchpy)\.(Async)?(Elasticsearch|OpenSearch)$|^influxdb(_client)?\.\w+$|^psycopg2?_?pool\.(Async)?ConnectionPool$/,
  },
  {
    noun: 'a Redis client',
    mustClose: false,
    maker:
      /^(aio)?redis(\.\w+)*\.(Strict)?Redis(Cluster)?(\.from_url)?$|^redis(\.asyncio)?\.(from_url|ConnectionPool|ConnectionPool\.from_url)$/,
  },
  {
    noun: 'a channel',
    mustClose: true,
    maker: /^grpc(\.aio)?\.(in)?secure_channel$|^grpclib\.client\.Channel$/,
  },
  {
    noun: 'a message client',
    mustClose: true,
    maker:
      /^(aio)?kafka(\.\w+)?\.(AIO)?Kafka(Producer|Consumer|AdminClient)$|^pika\.(Blocking|Select)Connection$|^paho\.mqtt\.client\.Client$|^zmq(\.asyncio)?\.Context$|^paramiko\.(SSHClient|Transport)$|^stomp\.Connection$/,
  },
  {
    noun: 'an API client',
    mustClose: false,
    maker:
      /^(openai|anthropic|groq|mistralai|cohere|together)\.(Async)?(Azure)?(OpenAI|Anthropic|AnthropicBedrock|Groq|Client|ClientV2|Mistral|Together)$|^google\.genai\.Client$|^(Async)?(OpenAI|Anthropic)$|^stripe\.StripeClient$|^slack_sdk\.\w*Client$|^azure(\.\w+)+\.\w+Client(\.from_connection_string)?$|^google\.cloud(\.\w+)*\.\w*Client$/,
  },
  {
    noun: 'an API client',
    mustClose: true,
    maker: /^kubernetes\.client\.(ApiClient|\w+V\d\w*Api)$|^docker\.(from_env|DockerClient|APIClient)$/,
  },
  {
    noun: 'a TensorFlow session',
    mustClose: true,
    maker: /^(tensorflow|tf)(\.compat\.v1)?\.(Interactive)?Session$/,
  },
  { noun: 'an event loop', mustClose: true, maker: /^asyncio\.new_event_loop$|^uvloop\.new_event_loop$/ },
];

export function clientsIn(file: FileFacts): Client[] {
  return KINDS.flatMap(({ noun, mustClose, maker }) =>
    callsLike(file, maker).map((call) => ({ ...call, noun, mustClose })),
  );
}

/** What an expression makes, if it is a client. */
export function isClientMaker(file: FileFacts, call: Call['node']): boolean {
  const name = calledName(file, call);
  return KINDS.some(({ maker }) => maker.test(name));
}
