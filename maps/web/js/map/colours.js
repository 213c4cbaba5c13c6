// Colours of the map, dark and light. Calm ground, so that units and incidents are what one sees.

const COLOURS = {
  dark: {
    ground: "#10161c", district: "#131b22", border: "#2c3b48", water: "#0b2436", green: "#13251f",
    casing: "#0c1116", motorway: "#5a6c7c", trunk: "#4a5b6a", primary: "#3e4d5a", minor: "#2c3843",
    roadText: "#93a5b5", districtText: "#7d92a5", placeText: "#8296a8", halo: "#0d1217",
    text: "#e4ebf1", accent: "#62b0f5", ok: "#58c48f", warn: "#f2b648", danger: "#ff6e63", scene: "#b9a2f6", old: "#7c8894",
    off: "#4a5661", edge: "#0b1015", shop: "#a9b6c2", oldText: "#b4bfca",
    badge: "#f4f7fa", signs: { old: "#5b6873", text: "#16202a", scene: "#6a3fc9", accent: "#0a5fb5", danger: "#c4211a", ok: "#0d6b3d" },
    roadShut: "#c4302b", roadFlood: "#1f6fb2", roadSlow: "#9a6a00",
    cover10: "#2dd4bf", cover20: "#3b82c4", cover30: "#6d5bb5",
  },
  light: {
    ground: "#eef1f3", district: "#f6f8f9", border: "#b9c4ce", water: "#c3dcec", green: "#d7e8da",
    casing: "#ffffff", motorway: "#a3b1bd", trunk: "#b3bfc9", primary: "#c1cbd3", minor: "#d4dbe1",
    roadText: "#4a5a68", districtText: "#6b7c8b", placeText: "#5c6c7a", halo: "#ffffff",
    text: "#16202a", accent: "#0a62bd", ok: "#178a50", warn: "#c07a00", danger: "#d0342a", scene: "#7650cf", old: "#8a96a1",
    off: "#b3bdc6", edge: "#ffffff", shop: "#5c6c7a", oldText: "#566472",
    badge: "#ffffff", signs: { old: "#5b6873", text: "#16202a", scene: "#6a3fc9", accent: "#0a5fb5", danger: "#b01c15", ok: "#0d6b3d" },
    roadShut: "#c4302b", roadFlood: "#1f6fb2", roadSlow: "#9a6a00",
    cover10: "#0f9f8c", cover20: "#3d86c6", cover30: "#8f7fd0",
  },
};

/** @param {"dark"|"light"} theme */
export const coloursOf = (theme) => COLOURS[theme];

/** The colour of a unit or an incident by what it is doing. */
export const toneColour = (colours, tone) =>
  ({ idle: colours.ok, going: colours.accent, scene: colours.scene, old: colours.old, off: colours.off,
    waiting: colours.danger, offered: colours.warn })[tone] ?? colours.old;
