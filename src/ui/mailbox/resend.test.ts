import { describe, expect, it } from 'vitest';
import { isEnvelopeAddress, resendCommand, typedAddresses } from './resend.ts';

describe('the command that sends an edited message', () => {
  it('goes to the MX, or through a submission server with login [S8-010]', () => {
    expect(resendCommand({ from: '', to: ['bob@hafen.example', 'x@hafen.example'], file: 'a.eml' })).toBe(
      "swaks --from '<>' --to bob@hafen.example,x@hafen.example --data @a.eml --suppress-data",
    );
    expect(
      resendCommand({
        from: 'alice@wolke.example',
        to: ['bob@hafen.example'],
        file: 'a.eml',
        submission: { server: 'mail.wolke.example:587', user: 'alice', password: "it's" },
      }),
    ).toBe(
      'swaks --from alice@wolke.example --to bob@hafen.example --server mail.wolke.example:587 --tls --auth --auth-user alice ' +
        "--auth-password 'it'\\''s' --data @a.eml --suppress-data",
    );
  });

  it('takes addresses as people type them, and none that would break the command', () => {
    expect(typedAddresses(' <a@b.example>, c@d.example;e@f.example\n')).toEqual([
      'a@b.example',
      'c@d.example',
      'e@f.example',
    ]);
    expect(['a@b.example', 'a@b>\r\nDATA', 'a b'].map(isEnvelopeAddress)).toEqual([true, false, false]);
  });
});
