// Changing one's own password: a dialog that stays open until the service has taken it.

import { post } from "./api.js";
import { h, setText, toast } from "./dom.js";
import { addWords, t } from "./i18n.js";

const SHORTEST = 10; // as the service demands (api/administration/people.py)

addWords({
  pw_title: ["修改密码", "Change your password"],
  pw_note: ["修改后,您在其他设备上的登录将全部结束。", "Afterwards you are signed out everywhere else."],
  pw_current: ["当前密码", "Current password"],
  pw_new: ["新密码(至少 {n} 个字符)", "New password ({n} characters or more)"],
  pw_again: ["再次输入新密码", "New password again"],
  pw_differ: ["两次输入的新密码不一致。", "The two new passwords differ."],
  pw_ok: ["修改密码", "Change password"],
  pw_done: ["密码已修改,其他设备上的登录已结束。", "Your password is changed; you are signed out everywhere else."],
});

function field(id, label, autocomplete, more = {}) {
  return h("div", { class: "field" },
    h("label", { for: id }, label),
    h("input", { id, type: "password", required: true, maxlength: 1000, autocomplete, data: { testid: id }, ...more }));
}

function form(close) {
  const problem = h("p", { class: "notice danger", role: "alert", hidden: true, data: { testid: "pw-problem" } });
  const say = (text) => { setText(problem, text); problem.hidden = !text; };
  const button = h("button", { class: "button primary", data: { testid: "pw-ok" } }, t("pw_ok"));
  const node = h("form", {},
    h("h2", { id: "pw-title" }, t("pw_title")), h("p", { class: "muted" }, t("pw_note")),
    field("pw-current", t("pw_current"), "current-password"),
    field("pw-new", t("pw_new", { n: SHORTEST }), "new-password", { minlength: SHORTEST }),
    field("pw-again", t("pw_again"), "new-password"), problem,
    h("div", { class: "actions" },
      h("button", { type: "button", class: "button", on: { click: close } }, t("cancel")), button));
  node.addEventListener("submit", async (event) => {
    event.preventDefault();
    const [current, wanted, again] = ["pw-current", "pw-new", "pw-again"].map((id) => node.querySelector(`#${id}`).value);
    if (wanted !== again) { say(t("pw_differ")); return; }
    button.disabled = true;
    say("");
    try {
      await post("/v1/session/password", { current_password: current, new_password: wanted });
      close();
      toast(t("pw_done"), "ok");
    } catch (error) { say(error.message); }
    button.disabled = false;
  });
  return node;
}

/** Ask for the current password and the new one. */
export function askPassword() {
  const before = document.activeElement;
  const dialog = h("dialog", { "aria-labelledby": "pw-title" }, form(() => dialog.close()));
  dialog.addEventListener("close", () => { dialog.remove(); before?.focus({ preventScroll: true }); });
  document.body.append(dialog);
  dialog.showModal();
}
