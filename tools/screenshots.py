"""Take pictures of the pages of a running service.

Without ``--demo`` nothing is changed but that the phone tells where it is: queue, board, console with an incident (the first that
nobody has been sent to), report entry, keys, phone, management, the caller's report. With ``--demo`` one accident is played over
the three faces and each is taken on the way: only for a service with demonstration data.

Run: ``python -m tools.screenshots http://127.0.0.1:8000 FOLDER`` with the password in GZ_PASSWORD; CHROMIUM names the browser
where it is not found by itself. ``--theme light`` for the light pages, ``--language en`` for English, ``--small`` for the console
on a phone too.
"""

import argparse
import os
import shutil
from pathlib import Path

from playwright.sync_api import Geolocation, Page, ViewportSize, sync_playwright

from tools.album import AT, CALLER_AT, DESK, PHONE, Album, press, sample_photo, show

WORDS, PLACE, PLATE = "两车追尾,左前门凹陷", "天河区体育东路与天河路交叉口", "粤A12345"
MANY_PLACES = "中山大道追尾,白色车"
SURVEYORS_UNIT = "S000"  # of the demonstration's surveyor account
WAITING = "[data-testid=queue-item]:has([data-status=waiting])"
HALF_WAY: Geolocation = {"longitude": 113.3270, "latitude": 23.1275, "accuracy": 9}


def main() -> None:
    """Take the pictures."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("address")
    asked.add_argument("folder", type=Path)
    asked.add_argument("--theme", choices=["dark", "light"], default="dark")
    asked.add_argument("--language", choices=["zh", "en"], default="zh")
    asked.add_argument("--small", action="store_true", help="the console on a phone too")
    asked.add_argument("--demo", action="store_true", help="play an accident: demonstration data only")
    given = asked.parse_args()
    password = os.environ.get("GZ_PASSWORD")
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if not password or not chromium:
        asked.error("set GZ_PASSWORD to the password the service printed; install chromium or name one in CHROMIUM")
    given.folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        album = Album(browser, given.address, password, given.folder, theme=given.theme, language=given.language)
        if given.demo:
            journey(album)
        else:
            console(album, DESK)
            album.shoot(album.signed_in("surveyor", "/surveyor", PHONE), "phone")
            album.shoot(album.stranger("/report", CALLER_AT), "caller-report")
        office = album.signed_in("manager", "/management", DESK)
        office.locator("#heat-map[data-drawn]").wait_for()
        album.shoot(office, "management")
        if given.small:
            console(album, PHONE, "-small")
        browser.close()


def console(album: Album, size: ViewportSize, suffix: str = "", incident_id: str | None = None) -> Page:
    """The console with nothing selected, its board, a report being taken, the keys, and an incident."""
    page = album.signed_in("dispatcher", "/", size)
    page.get_by_test_id("queue-item").first.wait_for(state="attached")
    album.shoot(page, f"queue{suffix}")
    press(page, ".tabs [data-view=side]")  # where a phone shows one pane at a time
    press(page, "[data-testid=board_standby] summary")
    album.shoot(page, f"board{suffix}")
    page.keyboard.press("n")
    page.keyboard.insert_text(MANY_PLACES)
    page.get_by_test_id("report-pin").first.wait_for(state="attached")
    album.shoot(page, f"report{suffix}")
    page.get_by_test_id("report-text").fill("")
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    album.shoot(page, f"keys{suffix}", 800)
    page.keyboard.press("Escape")
    chosen = f"[data-testid=queue-item][data-id='{incident_id}']" if incident_id else WAITING
    press(page, chosen if page.locator(chosen).count() else "[data-testid=queue-item]")
    page.get_by_test_id("recommend-option").first.wait_for(state="attached")
    album.shoot(page, f"console{suffix}")
    return page


def journey(album: Album) -> None:
    """One accident from the caller's words to the decision about the claim."""
    phone = album.signed_in("surveyor", "/surveyor", PHONE)  # first, so that the desk knows where it is
    caller = album.stranger("/report", CALLER_AT)
    number = report(album, caller)
    desk = console(album, DESK, incident_id=number)
    phone.context.set_geolocation({**AT, "accuracy": 10})
    phone.reload()  # a place that is pretended does not renew itself
    phone.locator("[data-testid=position][data-state=ok]").wait_for()
    phone.wait_for_timeout(6000)
    body = {"unit_id": SURVEYORS_UNIT, "reason": "熟悉该客户"}
    album.post(f"/v1/incidents/{number}/assignments", **body)
    survey(album, phone, caller)
    press(desk, f"[data-testid=queue-item][data-id='{number}']")
    desk.get_by_test_id("scene-report").wait_for(state="attached")
    show(desk, "[data-section=scene]")
    album.shoot(desk, "scene")
    end(album, phone, number)
    show(caller, "#steps")
    album.shoot(caller, "caller-stages")


def report(album: Album, caller: Page) -> str:
    """The caller's report; the number it is given."""
    caller.locator("input[name=injured][value=no]").check(force=True)
    caller.get_by_test_id("locate").click()
    caller.get_by_test_id("place").fill(PLACE)
    caller.get_by_test_id("text").fill(WORDS)
    caller.locator("#plate").fill(PLATE)
    caller.get_by_test_id("found").locator("*").first.wait_for()
    album.shoot(caller, "caller-report")
    caller.get_by_test_id("photo-input").set_input_files(sample_photo(1))
    caller.get_by_test_id("send").click()
    number = caller.get_by_test_id("case-number").inner_text()
    caller.wait_for_url("**/case/*")
    return number


def survey(album: Album, phone: Page, caller: Page) -> None:
    """Accept, drive, lose the signal, arrive, fill in the form, come back."""
    album.shoot(phone, "phone-offer")
    phone.get_by_test_id("offer-accept").click()
    phone.locator("[data-testid=main-action][data-step=depart]").click()
    phone.context.set_geolocation(HALF_WAY)
    album.shoot(phone, "phone-on-the-way", 8000)
    album.shoot(caller, "caller-coming")
    phone.evaluate("navigator.serviceWorker.ready.then(() => 0)")
    phone.context.set_offline(True)
    phone.context.set_geolocation(CALLER_AT)
    phone.wait_for_timeout(6000)
    phone.locator("[data-testid=main-action][data-step=arrive]").click()
    album.shoot(phone, "phone-offline", 8000)
    phone.get_by_test_id("scene-open").click()
    for n in (2, 3):
        phone.get_by_test_id("photo-take").set_input_files(sample_photo(n))
        phone.get_by_test_id("photo").nth(n - 2).wait_for()
    phone.locator("input[name=decision][value=settled]").check(force=True)
    phone.get_by_test_id("loss").fill("3280.5")
    phone.locator("input[name=parts][value=left]").check(force=True)
    phone.context.set_geolocation({**CALLER_AT, "accuracy": 8})
    show(phone, "[data-testid=photos]")
    album.shoot(phone, "phone-form")
    phone.get_by_test_id("form-send").click()
    phone.context.set_offline(False)
    phone.locator("[data-testid=scene-card][data-state=sent]").wait_for()


def end(album: Album, phone: Page, number: str) -> None:
    """Clear the scene, assess and review the claim."""
    phone.locator("[data-testid=main-action][data-step=clear]").click()
    phone.get_by_test_id("clear-confirm").click()
    album.shoot(phone, "phone-day")
    album.post(f"/v1/incidents/{number}/claim/assessed", amount_yuan=3280.5)
    album.post(f"/v1/incidents/{number}/claim/reviewed", opinion="approved")


if __name__ == "__main__":
    main()
