// Words about what is brought back from a scene: photographs and the survey form. [中文, English].

import { addWords } from "../i18n.js";

addWords({
  ph_scene: ["现场全景", "Scene"],
  ph_damage: ["车损", "Damage"],
  ph_plate: ["车牌", "Plate"],
  ph_document: ["证件", "Documents"],
  ph_injury: ["人伤", "Injuries"],
  ph_other: ["其他", "Other"],
  ph_by_surveyor: ["查勘员", "Surveyor"],
  ph_by_caller: ["报案人", "Caller"],

  sd_settled: ["现场定损", "Settled on scene"],
  sd_shop: ["送修", "Designated shop"],
  sd_tow: ["施救", "Tow"],
  sd_resurvey: ["待复勘", "Survey again"],
  sd_police: ["交警处理", "Police"],
  sd_suspected: ["拒赔线索", "Cover doubtful"],
  sd_other: ["其他", "Other"],

  sp_front: ["前部", "Front"],
  sp_rear: ["后部", "Rear"],
  sp_left: ["左侧", "Left side"],
  sp_right: ["右侧", "Right side"],
  sp_roof: ["车顶", "Roof"],
  sp_chassis: ["底盘", "Underbody"],
  sp_glass: ["玻璃灯具", "Glass, lamps"],
  sp_wheels: ["轮胎轮毂", "Wheels"],
  sp_battery: ["动力电池", "Battery"],
  sp_airbag: ["气囊弹出", "Airbags out"],

  sr_full: ["全责", "Full"],
  sr_main: ["主责", "Main"],
  sr_equal: ["同责", "Equal"],
  sr_minor: ["次责", "Minor"],
  sr_none: ["无责", "None"],
  sr_open: ["待定", "Open"],

  sc_form: ["现场查勘单", "Survey form"],
  sc_photos: ["照片", "Photographs"],
  sc_decision: ["处理意见", "Decision"],
  sc_loss: ["损失估计(元)", "Loss estimate (yuan)"],
  sc_parts: ["受损部位", "Damaged parts"],
  sc_damage: ["损失说明", "Damage in words"],
  sc_injured: ["受伤人数", "People hurt"],
  sc_injuries: ["伤情", "Injuries"],
  sc_vehicles: ["车辆数", "Vehicles"],
  sc_responsibility: ["本车责任(现场所述)", "Blame, as told on scene"],
  sc_answered_by: ["现场受访人", "Who answered on scene"],
  sc_notes: ["备注", "Notes"],
  sc_not_estimated: ["未估损", "not estimated"],
  sc_yuan: ["{n} 元", "¥{n}"],
  sc_people: ["{n} 人", "{n}"],
});

/** Damaged parts, decisions, shares of blame and kinds of photographs, in the order they are shown. */
export const PARTS = ["front", "rear", "left", "right", "roof", "chassis", "glass", "wheels", "battery", "airbag"];
export const DECISIONS = ["settled", "shop", "tow", "resurvey", "police", "suspected", "other"];
export const SHARES = ["full", "main", "equal", "minor", "none", "open"];
export const KINDS = ["scene", "damage", "plate", "document", "injury", "other"];
