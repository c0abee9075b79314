// Writes the mails that carry reports: XML, gzip, MIME. No world needs this before somebody lets time pass, so it is a piece
// of its own; importing this file makes it known to the reporter.

import { composeReportMail } from '../../auth/report-mail.ts';
import { composeFailureReport } from '../../message/report-failure.ts';
import { installReportWriter } from '../reporter.ts';

installReportWriter({ aggregate: composeReportMail, failure: composeFailureReport });
