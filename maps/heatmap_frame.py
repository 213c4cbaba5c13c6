"""What stands around a heatmap: title, labels of what the data are, notes, and a legend that follows the layer shown."""

from dataclasses import dataclass

import folium
from branca.element import Figure, MacroElement
from folium.template import Template

from maps.palette import PAPER

Legend = tuple[str, tuple[tuple[str, str], ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """Words around a heatmap.

    Parameters
    ----------
    title, period, headline : str
        ``headline`` is trusted HTML; empty where there is nothing to say.
    simulated, reported : int
        Incidents, and how many of them are simulated.
    schematic : bool
        Whether the roads drawn are schematic.
    notes : tuple of str
    legends : tuple of (label, ((colour, label), ...))
        One a layer, in the order of the layers.
    """

    title: str
    period: str
    headline: str
    simulated: int
    reported: int
    schematic: bool
    notes: tuple[str, ...]
    legends: tuple[Legend, ...]

    @property
    def kinds(self) -> tuple[str, ...]:
        """What kind of data this is, for the badges."""
        mixed = f"含模拟 {self.simulated} 起" if self.simulated < self.reported else "模拟数据"
        return ((mixed,) if self.simulated else ()) + (("示意路网",) if self.schematic else ())


class _Words(MacroElement):
    """Header above the map and legend on it."""

    def __init__(self, frame: Frame) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._name = "Words"
        self.frame = frame

    _template = Template(
        """
        {% macro header(this, kwargs) %}
        <link rel="icon" href="data:,">
        <style>
          body { display: flex; flex-direction: column; background: %PAPER%; color: #1c2630;
                 font: 14px/1.5 system-ui, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "WenQuanYi Micro Hei", sans-serif; }
          .folium-map { flex: 1 1 auto; height: auto !important; min-height: 0; background: %PAPER%; }
          .leaflet-container { font: inherit; font-size: 13px; }
          .frame { order: -1; padding: 8px 12px; background: #fff; border-bottom: 1px solid #d4d4ce; }
          .frame h1 { display: inline; margin: 0 8px 0 0; font-size: 15px; }
          .frame p { margin: 2px 0 0; font-size: 13px; color: #3c4650; }
          .frame .kind { display: inline-block; margin-right: 4px; padding: 0 7px; border: 1px solid #8a5600; border-radius: 99px;
                         color: #8a5600; background: #fdf0d3; font-size: 12px; white-space: nowrap; }
          .legend { position: absolute; left: 10px; bottom: 10px; z-index: 500; padding: 8px 10px; border-radius: 6px;
                    background: rgb(255 255 255 / 93%); box-shadow: 0 1px 4px rgb(0 0 0 / 25%); font-size: 12px; line-height: 1.45; }
          .legend summary { font-weight: 600; cursor: pointer; min-height: 24px; }
          .legend i { display: inline-block; width: 16px; height: 12px; margin-right: 6px; border: 1px solid rgb(0 0 0 / 15%); vertical-align: -1px; }
          .leaflet-control-layers-base label { min-height: 30px; display: flex; align-items: center; margin: 0; padding-right: 4px; }
          .leaflet-control-layers-base label > span { display: flex; align-items: center; gap: 4px; }
          .leaflet-control-layers-base input { top: 0; }
          .tip { font-size: 13px; line-height: 1.5; color: #1c2630; }
          .name { font-size: 12px; color: #35404b; text-align: center; pointer-events: none; white-space: nowrap;
                  text-shadow: 0 0 3px #fff, 0 0 3px #fff, 0 0 3px #fff; }
          .nothing { position: absolute; z-index: 600; inset: 30% 10% auto; padding: 16px; border-radius: 8px; background: #fff;
                     text-align: center; box-shadow: 0 1px 6px rgb(0 0 0 / 25%); }
          @media (max-width: 560px) { .leaflet-tooltip.tip { white-space: normal; width: max-content; max-width: 44vw; } .legend { font-size: 11px; padding: 6px 8px; } .frame p { font-size: 12px; } }
        </style>
        {% endmacro %}
        {% macro html(this, kwargs) %}
        {%- set frame = this.frame %}
        <header class="frame">
          <h1>{{ frame.title|e }}{% if frame.period %} · {{ frame.period|e }}{% endif %}</h1>
          {%- for kind in frame.kinds %}<span class="kind">{{ kind|e }}</span>{% endfor %}
          {%- if frame.headline %}<p>全部：{{ frame.headline }}</p>{% endif %}
          {%- if frame.notes %}<p>{{ frame.notes|join("；")|e }}。</p>{% endif %}
        </header>
        {%- if frame.reported %}
        <details class="legend" open><summary>图例 · 颜色越深越差</summary>
          {%- for label, rows in frame.legends %}
          <div data-layer="{{ label|e }}" {% if not loop.first %}hidden{% endif %}>
            {%- for colour, text in rows %}<i style="background:{{ colour }}"></i>{{ text|e }}<br>{% endfor %}
          </div>
          {%- endfor %}
        </details>
        {%- else %}
        <p class="nothing">这段时间没有案件，无从统计。<br>换一个更长的时段再看。</p>
        {%- endif %}
        {% endmacro %}
        {% macro script(this, kwargs) %}
        {{ this._parent.get_name() }}.on("baselayerchange", (change) => {
          document.querySelectorAll(".legend > div").forEach((part) => { part.hidden = part.dataset.layer !== change.name; });
        });
        L.control.scale({ imperial: false, position: "bottomright" }).addTo({{ this._parent.get_name() }});
        if (window.innerWidth < 560) document.querySelector(".legend")?.removeAttribute("open");
        {% endmacro %}
    """.replace("%PAPER%", PAPER)
    )


def add_frame(chart: folium.Map, frame: Frame) -> None:
    """Put the words around a map that is not rendered yet."""
    root = chart.get_root()
    if isinstance(root, Figure):
        root.title = frame.title
    _Words(frame).add_to(chart)
