// As much of HTTP/1.1 as fetching one small file takes: a GET and its response, with a length or until the end of the
// connection. RFC 9112 §2 to §6. Nothing is chunked, kept alive or redirected.

/** Longest head that is read, in bytes. */
const HEAD_LIMIT = 16_384;

export interface HttpRequest {
  readonly method: string;
  /** As in the request line: `/.well-known/mta-sts.txt`. */
  readonly target: string;
  /** Of the Host field, without a port; lower case. */
  readonly host: string;
}

export interface HttpResponse {
  readonly status: number;
  /** Lower case, without parameters; '' when there is none. */
  readonly contentType: string;
  /** Binary string. */
  readonly body: string;
}

const REASONS: Readonly<Record<number, string>> = {
  200: 'OK',
  301: 'Moved Permanently',
  400: 'Bad Request',
  404: 'Not Found',
  405: 'Method Not Allowed',
  421: 'Misdirected Request',
  500: 'Internal Server Error',
};

/** The GET of a file, the connection to be closed after it. */
export function printRequest(host: string, target: string): string {
  return `GET ${target} HTTP/1.1\r\nHost: ${host}\r\nAccept: text/plain\r\nConnection: close\r\n\r\n`;
}

/** Reads a request's head; undefined while it is not whole, 'bad' when it is none. */
export function readRequest(bytes: string): HttpRequest | 'bad' | undefined {
  const end = bytes.indexOf('\r\n\r\n');
  if (end < 0) return bytes.length > HEAD_LIMIT ? 'bad' : undefined;
  const [first = '', ...fields] = bytes.slice(0, end).split('\r\n');
  const line = /^([A-Z]+) (\S+) HTTP\/1\.[01]$/.exec(first);
  const hosts = fields.flatMap((field) => /^host:[ \t]*([^\s:]+)(?::\d+)?[ \t]*$/i.exec(field)?.[1] ?? []);
  if (line === null || hosts.length !== 1) return 'bad';
  return { method: line[1] ?? '', target: line[2] ?? '', host: (hosts[0] ?? '').toLowerCase() };
}

/** `location` only for a redirect. */
export function printResponse(status: number, body: string, contentType: string, location?: string): string {
  const head = [
    `HTTP/1.1 ${status} ${REASONS[status] ?? 'Unknown'}`,
    `Content-Type: ${contentType}`,
    `Content-Length: ${body.length}`,
    ...(location === undefined ? [] : [`Location: ${location}`]),
    'Connection: close',
  ];
  return `${head.join('\r\n')}\r\n\r\n${body}`;
}

/** Reads a response; undefined while it is not whole. Without a length it is whole when the connection `isOver`. */
export function readResponse(bytes: string, isOver: boolean): HttpResponse | 'bad' | undefined {
  const end = bytes.indexOf('\r\n\r\n');
  if (end < 0) return isOver || bytes.length > HEAD_LIMIT ? 'bad' : undefined;
  const [first = '', ...fields] = bytes.slice(0, end).split('\r\n');
  const status = /^HTTP\/1\.[01] (\d{3})(?: |$)/.exec(first)?.[1];
  if (status === undefined) return 'bad';
  const field = (name: string): string | undefined =>
    fields
      .map((one) => /^([^:]+):[ \t]*(.*?)[ \t]*$/.exec(one))
      .find((one) => one?.[1]?.toLowerCase() === name)?.[2];
  const length = field('content-length');
  const body = bytes.slice(end + 4);
  if (length === undefined ? !isOver : body.length < Number(length)) return isOver ? 'bad' : undefined;
  return {
    status: Number(status),
    contentType: (field('content-type') ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '',
    body: length === undefined ? body : body.slice(0, Number(length)),
  };
}
