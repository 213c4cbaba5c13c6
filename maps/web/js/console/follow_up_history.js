// What follows a report, as sentences of the history.

import { money } from "../format.js";
import { t } from "../i18n.js";
import "./follow_up_words.js";

const corrected = (b) => (b.corrects ? t("e_correcting", { reason: b.corrects }) : "");

export const FOLLOW_UP_SENTENCES = {
  damageassessed: (b) => t("e_assessed", { n: money(b.amount_yuan) }) + corrected(b),
  claimreviewed: (b) => t("e_reviewed", { opinion: [t(`fu_o_${b.opinion}`), b.note].filter(Boolean).join(",") }) + corrected(b),
  claimpaid: (b) => t("e_paid", { n: money(b.amount_yuan) }) + corrected(b),
  claimrefused: (b) => t("e_refused", { reason: b.reason }) + corrected(b),
  clienttold: (b) => t("e_told", { means: t(`fu_m_${b.means}`) }) + corrected(b),
  callbackrequested: (b) => t("e_callback", { reason: b.reason }),
  callbackanswered: (b) => t(b.reached ? "e_called" : "e_missed", { result: b.result }),
  placedoubted: (b) => t("e_doubted", { text: b.text || t("fu_doubt_point") }),
  placedoubtsettled: (b) => t("e_doubt_settled", { answer: b.answer }),
  servicerated: (b) => t("e_rated", { n: b.stars }),
};
