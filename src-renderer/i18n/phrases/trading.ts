// The money columns of positions, the row actions, order groups, what the ticket tells before anything is sent, and the price ladder.
import type { Phrase } from '../phrase.ts';

export const TRADING_PHRASES = {
  'col.netNow': ['Net', '净额', '淨額'],
  'col.netNowHint': [
    'Realised and open result after the fees and funding so far, USDT',
    '已实现与未实现盈亏，扣除至今的手续费与资金费，USDT',
    '已實現與未實現損益，扣除至今的手續費與資金費，USDT',
  ],
  'col.gross': ['Gross', '毛额', '毛額'],
  'col.grossHint': ['Result before fees and funding, part-closes included, USDT', '扣除费用前的盈亏，含部分平仓，USDT', '扣除費用前的損益，含部分平倉，USDT'],
  'col.fees': ['Fees', '手续费', '手續費'],
  'col.feesHint': ['Commissions paid, USDT', '已付手续费，USDT', '已付手續費，USDT'],
  'col.funding': ['Funding', '资金费', '資金費'],
  'col.fundingHint': ['Funding received (+) or paid (−), USDT', '收到（+）或支付（−）的资金费，USDT', '收到（+）或支付（−）的資金費，USDT'],
  'col.breakEven': ['Even at', '盈亏平衡', '損益兩平'],
  'col.breakEvenHint': [
    'Closing the rest at this price ends the whole trade at zero: part-closes, fees and funding counted',
    '在此价格平掉剩余部分，整笔交易盈亏为零：已计入部分平仓、手续费与资金费',
    '在此價格平掉剩餘部分，整筆交易損益為零：已計入部分平倉、手續費與資金費',
  ],
  'positions.levelsOf': ['Move stop and target of {symbol}', '移动 {symbol} 的止损与止盈', '移動 {symbol} 的停損與停利'],
  'positions.levelsHint': ['Move stop or target by its price', '按价格移动止损或止盈', '按價格移動停損或停利'],
} as const satisfies Record<string, Phrase>;
