// The levels of TLS at the sending end, from careless to strict. postconf(5), smtp_tls_security_level.

export const TLS_LEVELS = ['none', 'may', 'encrypt', 'dane', 'dane-only', 'verify', 'secure'] as const;
export type TlsLevel = (typeof TLS_LEVELS)[number];
