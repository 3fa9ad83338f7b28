// What the evidence of a decision says in sentences: what triggered it, why a model had no say, and facts that are words.
import type { Phrase } from '../phrase.ts';

export const EVIDENCE_SENTENCES: readonly Phrase[] = [
  // triggers
  ['5m break of structure after touching the zone', '触及区域后 5m 结构突破', '觸及區域後 5m 結構突破'],
  ['5m change of character after touching the zone', '触及区域后 5m 结构转变', '觸及區域後 5m 結構轉變'],
  ['5m sweep of the near pool that closed back after touching the zone', '触及区域后 5m 扫过近端流动性并收回', '觸及區域後 5m 掃過近端流動性並收回'],
  ['the model sees an edge at this 15m close', '模型在此 15m 收盘处看到优势', '模型在此 15m 收盤處看到優勢'],
  ['Opened by hand', '手动开仓', '手動開倉'],
  [
    'liquidity hunter: sweep of the dealing range edge on {timeframe} that closed back',
    '流动性猎手：扫过 {timeframe} 交易区间边缘并收回',
    '流動性獵手：掃過 {timeframe} 交易區間邊緣並收回',
  ],
  [
    'liquidity hunter: sweep of equal levels on {timeframe} that closed back',
    '流动性猎手：扫过 {timeframe} 等高/等低位并收回',
    '流動性獵手：掃過 {timeframe} 等高/等低位並收回',
  ],
  [
    'liquidity hunter: sweep of a swing on {timeframe} that closed back',
    '流动性猎手：扫过 {timeframe} 摆动点并收回',
    '流動性獵手：掃過 {timeframe} 擺動點並收回',
  ],
  ['waiting: {reason@denialName}', '等待：{reason@denialName}', '等待：{reason@denialName}'],
  // why no model had a say
  ['ICT rules decide this cycle alone.', '本周期仅由 ICT 规则决策。', '本週期僅由 ICT 規則決策。'],
  ['ICT decides alone.', '仅由 ICT 决策。', '僅由 ICT 決策。'],
  ['The strategy mode is ICT; no model was asked.', '策略模式为 ICT；未询问模型。', '策略模式為 ICT；未詢問模型。'],
  ['No model opinion was asked for.', '未请求模型意见。', '未請求模型意見。'],
  ['The model gave no answer for this side.', '模型未对此方向作答。', '模型未對此方向作答。'],
  ['The model gave no answer; ICT decides alone.', '模型未作答；仅由 ICT 决策。', '模型未作答；僅由 ICT 決策。'],
  [
    'The model has shown no edge where there is no set-up; ICT decides alone.',
    '模型在没有形态之处未显示优势；仅由 ICT 决策。',
    '模型在沒有型態之處未顯示優勢；僅由 ICT 決策。',
  ],
  ['No model is loaded; ICT rules decide alone.', '未加载模型；仅由 ICT 规则决策。', '未載入模型；僅由 ICT 規則決策。'],
  ['There is no model named {model}; ICT rules decide alone.', '没有名为 {model} 的模型；仅由 ICT 规则决策。', '沒有名為 {model} 的模型；僅由 ICT 規則決策。'],
  ['The inference workers are stopped; ICT rules decide alone.', '推理进程已停止；仅由 ICT 规则决策。', '推論行程已停止；僅由 ICT 規則決策。'],
  ['The inference workers are stopping.', '推理进程正在停止。', '推論行程正在停止。'],
  [
    'The models did not answer within {seconds} s; ICT rules decide this cycle alone.',
    '模型未在 {seconds} 秒内作答；本周期仅由 ICT 规则决策。',
    '模型未在 {seconds} 秒內作答；本週期僅由 ICT 規則決策。',
  ],
  [
    'The inference worker was lost twice on the same batch ({why}); ICT rules decide this cycle alone.',
    '推理进程在同一批次上两次丢失（{why}）；本周期仅由 ICT 规则决策。',
    '推論行程在同一批次上兩次遺失（{why}）；本週期僅由 ICT 規則決策。',
  ],
  [
    'No inference worker can start ({why}); ICT rules decide alone.',
    '无法启动推理进程（{why}）；仅由 ICT 规则决策。',
    '無法啟動推論行程（{why}）；僅由 ICT 規則決策。',
  ],
  [
    'The boosted trees answered something that is no probability; ICT rules decide this cycle alone.',
    '提升树给出的不是概率；本周期仅由 ICT 规则决策。',
    '提升樹給出的不是機率；本週期僅由 ICT 規則決策。',
  ],
  [
    'The markets of a cycle and its rows do not belong together; ICT rules decide this cycle alone.',
    '本周期的市场与其数据行不对应；本周期仅由 ICT 规则决策。',
    '本週期的市場與其資料列不對應；本週期僅由 ICT 規則決策。',
  ],
  // facts that are words
  ['next opposing liquidity pool', '下一个对侧流动性池', '下一個對側流動性池'],
  ['reward ratio', '盈亏比', '盈虧比'],
  ['would trade', '会交易', '會交易'],
  ['would not: {reason@denialName}', '不会：{reason@denialName}', '不會：{reason@denialName}'],
  ['none; ranked by size, age and distance', '无；按规模、时间与距离排序', '無；按規模、時間與距離排序'],
];
