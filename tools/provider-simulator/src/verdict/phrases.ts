export type Language = 'en' | 'zh';

export type Hazard =
  'fire' | 'smoke' | 'fight' | 'fall' | 'intrusion' | 'crowd' | 'vehicle_conflict' | 'other';

type Sentence = (people: string) => string;

const ENGLISH: Record<Hazard | 'nothing', Sentence> = {
  nothing: (people) => `${people} going about as usual; nothing in the scene calls for a response.`,
  fire: (people) => `Open flames in view with ${people.toLowerCase()} nearby.`,
  smoke: (people) => `Smoke drifts across the scene close to ${people.toLowerCase()}.`,
  fight: (people) => `${people} in close contact with raised arms, as in a fight.`,
  fall: (people) => `${people} in view, one lying on the ground and not getting up.`,
  intrusion: (people) => `${people} inside an area that looks closed off.`,
  crowd: (people) => `${people} standing close together; the way past them is narrow.`,
  vehicle_conflict: (people) => `${people} walking in the path of a vehicle.`,
  other: (people) => `${people} pausing at an unusual place; worth a second look.`,
};

const CHINESE: Record<Hazard | 'nothing', Sentence> = {
  nothing: (people) => `${people}正常活动，画面中没有需要处置的情况。`,
  fire: (people) => `画面中有明火，${people}在附近。`,
  smoke: (people) => `烟雾在画面中扩散，靠近${people}。`,
  fight: (people) => `${people}近距离接触并抬起手臂，疑似打斗。`,
  fall: (people) => `${people}在画面中，其中一人倒地未起。`,
  intrusion: (people) => `${people}出现在疑似封闭的区域内。`,
  crowd: (people) => `${people}聚集站立，通道变窄。`,
  vehicle_conflict: (people) => `${people}走在车辆的行进路线上。`,
  other: (people) => `${people}在不寻常的位置停留，建议再看一次。`,
};

/** One sentence about the scene. */
export function phrase(hazard: Hazard | undefined, people: number | undefined, language: Language): string {
  const name = hazard ?? 'nothing';
  if (language === 'zh') return CHINESE[name](people === undefined ? '有人' : `${people} 人`);
  return ENGLISH[name](people === undefined ? 'People' : people === 1 ? 'One person' : `${people} people`);
}
