// Where our tools print something else than the recorded ones, and why. A line that no longer holds fails the tests.

const NO_ROUTE =
  'Our network has one default route; an address that nobody owns is silent instead of unreachable.';
const ONE_PROHIBITION = 'A rejecting firewall has one kind of refusal here (administratively prohibited).';

export const exceptions: Readonly<Record<string, string>> = {
  'telnet/icmp-host-unreach': NO_ROUTE,
  'telnet/net-unreach': NO_ROUTE,
  'telnet/no-arp': NO_ROUTE,
  'nc/vz-hostunreach': NO_ROUTE,
  'nc/vz-netunreach': NO_ROUTE,
  'ping/net-unreach': NO_ROUTE,
  'ping/host-prohib': ONE_PROHIBITION,
  'ping/port-unreach': ONE_PROHIBITION,
  'dig/alone': 'One octet of name compression in the answer about the root.',
};
