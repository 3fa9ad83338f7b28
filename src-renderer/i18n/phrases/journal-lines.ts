// Lines of the journal as the engine writes them, by their template; lots and ticks are quantities and prices by then.
import type { Phrase } from '../phrase.ts';

export const JOURNAL_LINES: readonly Phrase[] = [
  // decisions and virtual positions
  [
    '{symbol}: {side@side} {outcome@outcome} ({why@denialName}), confidence {share} %',
    '{symbol}：{side@side}，{outcome@outcome}（{why@denialName}），置信度 {share} %',
    '{symbol}：{side@side}，{outcome@outcome}（{why@denialName}），信心度 {share} %',
  ],
  [
    '{symbol}: {side@side} {outcome@outcome}, confidence {share} %',
    '{symbol}：{side@side}，{outcome@outcome}，置信度 {share} %',
    '{symbol}：{side@side}，{outcome@outcome}，信心度 {share} %',
  ],
  [
    '{symbol}: virtual {side@side} closed by {reason@close}, {r} R',
    '{symbol}：虚拟{side@side}因{reason@close}平仓，{r} R',
    '{symbol}：虛擬{side@side}因{reason@close}平倉，{r} R',
  ],
  ['{symbol}: virtual {side@side} ({why@denialName})', '{symbol}：虚拟{side@side}（{why@denialName}）', '{symbol}：虛擬{side@side}（{why@denialName}）'],
  ['{symbol}: funding {rate} % on its virtual positions', '{symbol}：其虚拟持仓的资金费率 {rate} %', '{symbol}：其虛擬持倉的資金費率 {rate} %'],
  ['{symbol}: execution cost {bps} bps beside its virtual twin', '{symbol}：执行成本较虚拟孪生 {bps} bps', '{symbol}：執行成本較虛擬孿生 {bps} bps'],
  // fills and positions
  ['{symbol}: BUY {quantity} at {price}', '{symbol}：买入 {quantity}，价格 {price}', '{symbol}：買入 {quantity}，價格 {price}'],
  ['{symbol}: SELL {quantity} at {price}', '{symbol}：卖出 {quantity}，价格 {price}', '{symbol}：賣出 {quantity}，價格 {price}'],
  ['{symbol}: opened {quantity} at {price}', '{symbol}：开仓 {quantity}，价格 {price}', '{symbol}：開倉 {quantity}，價格 {price}'],
  ['{symbol}: closed {quantity} at {price}', '{symbol}：平仓 {quantity}，价格 {price}', '{symbol}：平倉 {quantity}，價格 {price}'],
  ['{count} lots', '{count} 手', '{count} 手'],
  ['{symbol}: closed ({reason@close})', '{symbol}：已平仓（{reason@close}）', '{symbol}：已平倉（{reason@close}）'],
  ['{symbol}: not opened ({why})', '{symbol}：未开仓（{why}）', '{symbol}：未開倉（{why}）'],
  ['{symbol}: {side@side} approved, {leverage}× leverage', '{symbol}：{side@side}已批准，{leverage}× 杠杆', '{symbol}：{side@side}已批准，{leverage}× 槓桿'],
  ['{symbol}: funding', '{symbol}：资金费', '{symbol}：資金費'],
  ['{symbol}: the stop is sent ahead of the fills', '{symbol}：止损先于成交回报发出', '{symbol}：停損先於成交回報送出'],
  ['{symbol}: no confirmed stop in time; closing', '{symbol}：止损未及时确认；正在平仓', '{symbol}：停損未及時確認；正在平倉'],
  ['{symbol}: closing what is left', '{symbol}：正在平掉剩余部分', '{symbol}：正在平掉剩餘部分'],
  ['{symbol}: target placed again', '{symbol}：已重新挂止盈', '{symbol}：已重新掛停利'],
  ['{symbol}: the target follows the quantity', '{symbol}：止盈随数量调整', '{symbol}：停利隨數量調整'],
  ['{symbol}: the moved stop is made permanent', '{symbol}：移动后的止损已固定', '{symbol}：移動後的停損已固定'],
  ['{symbol}: the close was refused ({code})', '{symbol}：平仓被拒绝（{code}）', '{symbol}：平倉被拒絕（{code}）'],
  ['{symbol}: a resting {purpose@purpose} was adopted', '{symbol}：已接管挂着的{purpose@purpose}订单', '{symbol}：已接管掛著的{purpose@purpose}委託'],
  ['{symbol}: the entry follows the price ({count} of {most})', '{symbol}：开仓订单跟随价格（{count}/{most}）', '{symbol}：開倉委託跟隨價格（{count}/{most}）'],
  // by hand
  ['{symbol}: target removed by hand', '{symbol}：手动移除止盈', '{symbol}：手動移除停利'],
  ['{symbol}: stop moved from {from} to {to} by hand', '{symbol}：手动将止损从 {from} 移至 {to}', '{symbol}：手動將停損從 {from} 移至 {to}'],
  ['{symbol}: target moved from {from} to {to} by hand', '{symbol}：手动将止盈从 {from} 移至 {to}', '{symbol}：手動將停利從 {from} 移至 {to}'],
  [
    '{symbol}: the entry is to move from {quantity} at {price} to {newQuantity} at {newPrice} by hand',
    '{symbol}：手动将开仓订单从 {quantity}（{price}）移至 {newQuantity}（{newPrice}），待确认',
    '{symbol}：手動將開倉委託從 {quantity}（{price}）移至 {newQuantity}（{newPrice}），待確認',
  ],
  [
    '{symbol}: the entry moved from {quantity} at {price} to {newQuantity} at {newPrice}',
    '{symbol}：开仓订单已从 {quantity}（{price}）移至 {newQuantity}（{newPrice}）',
    '{symbol}：開倉委託已從 {quantity}（{price}）移至 {newQuantity}（{newPrice}）',
  ],
  ['the market', '市价', '市價'],
  [
    '{symbol}: the entry is moved by hand; it rests until it fills or is cancelled',
    '{symbol}：开仓订单已手动移动；挂至成交或撤销',
    '{symbol}：開倉委託已手動移動；掛至成交或撤銷',
  ],
  [
    '{symbol}: plan of the entry moved by hand from stop {stop}, target {target} to stop {newStop}, target {newTarget}',
    '{symbol}：手动将开仓计划从止损 {stop}、止盈 {target} 改为止损 {newStop}、止盈 {newTarget}',
    '{symbol}：手動將開倉計畫從停損 {stop}、停利 {target} 改為停損 {newStop}、停利 {newTarget}',
  ],
  ['none', '无', '無'],
  ['{symbol}: {quantity} are added to {held} by hand', '{symbol}：手动在 {held} 上加仓 {quantity}', '{symbol}：手動在 {held} 上加倉 {quantity}'],
  ['flattened by hand', '手动全部清仓', '手動全部清倉'],
  ['{symbol}: paused by hand', '{symbol}：手动暂停', '{symbol}：手動暫停'],
  ['{symbol}: resumed by hand', '{symbol}：手动恢复', '{symbol}：手動恢復'],
  ['Trading state set to {state@trading} by hand', '手动将交易状态设为{state@trading}', '手動將交易狀態設為{state@trading}'],
  // orders
  ['{symbol}: {purpose@purpose} order filled {quantity}', '{symbol}：{purpose@purpose}订单成交 {quantity}', '{symbol}：{purpose@purpose}委託成交 {quantity}'],
  [
    '{symbol}: {purpose@purpose} order is spent and the position still open',
    '{symbol}：{purpose@purpose}订单已用尽，持仓仍未平',
    '{symbol}：{purpose@purpose}委託已用盡，持倉仍未平',
  ],
  [
    '{symbol}: {purpose@purpose} order has an unknown outcome; it is being checked',
    '{symbol}：{purpose@purpose}订单结果未知；正在核查',
    '{symbol}：{purpose@purpose}委託結果未知；正在核查',
  ],
  [
    '{symbol}: {purpose@purpose} order may have moved; the venue is asked',
    '{symbol}：{purpose@purpose}订单可能已移动；正在询问交易所',
    '{symbol}：{purpose@purpose}委託可能已移動；正在詢問交易所',
  ],
  ['{symbol}: {purpose@purpose} order was never placed', '{symbol}：{purpose@purpose}订单从未下达', '{symbol}：{purpose@purpose}委託從未下達'],
  [
    '{symbol}: {purpose@purpose} order was refused: a stop already rests',
    '{symbol}：{purpose@purpose}订单被拒绝：已有止损挂着',
    '{symbol}：{purpose@purpose}委託被拒絕：已有停損掛著',
  ],
  [
    '{symbol}: {purpose@purpose} order was refused: {why@sentence}',
    '{symbol}：{purpose@purpose}订单被拒绝：{why@sentence}',
    '{symbol}：{purpose@purpose}委託被拒絕：{why@sentence}',
  ],
  [
    '{symbol}: {purpose@purpose} order was not moved: {why@sentence}',
    '{symbol}：{purpose@purpose}订单未移动：{why@sentence}',
    '{symbol}：{purpose@purpose}委託未移動：{why@sentence}',
  ],
  ['{symbol}: {purpose@purpose} order is cancelled', '{symbol}：{purpose@purpose}订单已撤销', '{symbol}：{purpose@purpose}委託已撤銷'],
  ['{symbol}: {purpose@purpose} order is sent', '{symbol}：已发送{purpose@purpose}订单', '{symbol}：已送出{purpose@purpose}委託'],
  ['{symbol}: {purpose@purpose} order is at the venue', '{symbol}：{purpose@purpose}订单已到交易所', '{symbol}：{purpose@purpose}委託已到交易所'],
  ['{symbol}: {purpose@purpose} order is {status@order}', '{symbol}：{purpose@purpose}订单{status@order}', '{symbol}：{purpose@purpose}委託{status@order}'],
  // the engine
  ['The day and the peak that losses are measured from', '亏损计量所依据的当日与峰值', '虧損計量所依據的當日與峰值'],
  ['All {count} markets stopped at the {step@step} step.', '全部 {count} 个市场停在“{step@step}”步骤。', '全部 {count} 個市場停在「{step@step}」步驟。'],
  [
    'The journal can be written again; what happened meanwhile is in it.',
    '日志簿已可再次写入；期间发生的事均在其中。',
    '日誌簿已可再次寫入；期間發生的事均在其中。',
  ],
  ['{screen}: {command@command} → {answer@sentence}', '{screen}：{command@command} → {answer@sentence}', '{screen}：{command@command} → {answer@sentence}'],
];
