// What the reports say of the models: verdicts, what each is for, whether it was checked for leakage, and the evolver's actions.
import type { Phrase } from '../phrase.ts';

export const MODEL_SENTENCES: readonly Phrase[] = [
  // verdicts
  ['No edge out of sample: {shown}.', '样本外没有优势：{shown}。', '樣本外沒有優勢：{shown}。'],
  ['Edge out of sample: {shown}.', '样本外有优势：{shown}。', '樣本外有優勢：{shown}。'],
  ['No skill out of sample: {shown}.', '样本外没有预测能力：{shown}。', '樣本外沒有預測能力：{shown}。'],
  ['Skill out of sample: {shown}.', '样本外有预测能力：{shown}。', '樣本外有預測能力：{shown}。'],
  ['No edge to rely on: its leakage checks failed; {shown}.', '没有可依赖的优势：其泄漏检查未通过；{shown}。', '沒有可依賴的優勢：其洩漏檢查未通過；{shown}。'],
  [
    'No edge to rely on: the leakage checks of what it stands on failed; {shown}.',
    '没有可依赖的优势：其所依据模型的泄漏检查未通过；{shown}。',
    '沒有可依賴的優勢：其所依據模型的洩漏檢查未通過；{shown}。',
  ],
  [
    'No skill to rely on: its leakage checks failed; {shown}.',
    '没有可依赖的预测能力：其泄漏检查未通过；{shown}。',
    '沒有可依賴的預測能力：其洩漏檢查未通過；{shown}。',
  ],
  ['It holds without a set-up too.', '没有形态时同样成立。', '沒有型態時同樣成立。'],
  ['Without a set-up it has shown none.', '没有形态时未显示优势。', '沒有型態時未顯示優勢。'],
  ['It has shown no skill out of sample.', '其样本外未显示预测能力。', '其樣本外未顯示預測能力。'],
  ['Skill in this is not yet a trading edge.', '此项能力尚不等于交易优势。', '此項能力尚不等於交易優勢。'],
  ['It may only veto or lower; hybrid leans on ICT.', '仅可否决或调低；混合模式以 ICT 为主。', '僅可否決或調低；混合模式以 ICT 為主。'],
  ['Hybrid leans on ICT.', '混合模式以 ICT 为主。', '混合模式以 ICT 為主。'],
  ['The fixed mix plays.', '按固定混合执行。', '按固定混合執行。'],
  ['It predicts nothing by itself.', '其本身不作预测。', '其本身不作預測。'],
  [
    'Describes later windows: explains {share} of the squares on {count} later rows.',
    '描述其后的窗口：在其后 {count} 行上解释平方和的 {share}。',
    '描述其後的視窗：在其後 {count} 列上解釋平方和的 {share}。',
  ],
  [
    'hold-out AUC {auc} on {count} set-ups, log-loss gain {gain}, expectancy of what it takes {mean} R after costs ({trades} trades)',
    '留出集 AUC {auc}（{count} 个形态），对数损失改善 {gain}，所取交易期望扣除成本后 {mean} R（{trades} 笔）',
    '留出集 AUC {auc}（{count} 個型態），對數損失改善 {gain}，所取交易期望扣除成本後 {mean} R（{trades} 筆）',
  ],
  [
    'hold-out AUC {auc} on {count} set-ups, log-loss gain {gain}, expectancy of what it takes {mean} R ({trades} trades)',
    '留出集 AUC {auc}（{count} 个形态），对数损失改善 {gain}，所取交易期望 {mean} R（{trades} 笔）',
    '留出集 AUC {auc}（{count} 個型態），對數損失改善 {gain}，所取交易期望 {mean} R（{trades} 筆）',
  ],
  [
    'hold-out AUC {auc} on {count} set-ups, log-loss gain {gain}, it would take none of them',
    '留出集 AUC {auc}（{count} 个形态），对数损失改善 {gain}，其一个也不会取',
    '留出集 AUC {auc}（{count} 個型態），對數損失改善 {gain}，其一個也不會取',
  ],
  ['log-loss gain {gain} on {count} later rows', '在其后 {count} 行上对数损失改善 {gain}', '在其後 {count} 列上對數損失改善 {gain}'],
  [
    '{gain} R a decision over the best fixed action on {count} later set-ups',
    '在其后 {count} 个形态上，每次决策比最佳固定动作多 {gain} R',
    '在其後 {count} 個型態上，每次決策比最佳固定動作多 {gain} R',
  ],
  // leakage, in parts
  ['with all outcomes shuffled it scores AUC {auc}; {rest}', '所有结果打乱后 AUC 为 {auc}；{rest}', '所有結果打亂後 AUC 為 {auc}；{rest}'],
  ['rows on both sides of the split: {share}; {rest}', '同时位于分割两侧的行：{share}；{rest}', '同時位於分割兩側的列：{share}；{rest}'],
  ['no outcome to shuffle; {rest}', '没有可打乱的结果；{rest}', '沒有可打亂的結果；{rest}'],
  ['inputs that tell the outcome alone: {names}; {rest}', '单独即可说出结果的输入：{names}；{rest}', '單獨即可說出結果的輸入：{names}；{rest}'],
  ['constant inputs: {names}; {rest}', '恒定的输入：{names}；{rest}', '恆定的輸入：{names}；{rest}'],
  ['training outcomes after the first row judged: none.', '首个被判行之后的训练结果：无。', '首個被判列之後的訓練結果：無。'],
  ['training outcomes after the first row judged: yes.', '首个被判行之后的训练结果：有。', '首個被判列之後的訓練結果：有。'],
  // purposes
  [
    '64 closed 15m candles as offsets in ATR and volume ratios, described with 16 numbers and rebuilt from them; the error of the rebuilding says how unusual a window is.',
    '64 根已收盘 15m K 线（以 ATR 偏移与成交量比表示），用 16 个数描述并据此重建；重建误差说明窗口有多不寻常。',
    '64 根已收盤 15m K 線（以 ATR 偏移與成交量比表示），用 16 個數描述並據此重建；重建誤差說明視窗有多不尋常。',
  ],
  [
    'Judged by the share of the squares around the training mean that it explains in later windows.',
    '以其在其后窗口中解释的（围绕训练均值的）平方和比例评判。',
    '以其在其後視窗中解釋的（圍繞訓練均值的）平方和比例評判。',
  ],
  [
    'The base features of one side and the 16 structure numbers give 32 features and the probability that price, entered at the next open, stands beyond the costs on that side twelve 5m candles later.',
    '由一侧的基础特征与 16 个结构数给出 32 个特征，以及价格（于下一根开盘入场）在十二根 5m K 线后于该侧超过成本的概率。',
    '由一側的基礎特徵與 16 個結構數給出 32 個特徵，以及價格（於下一根開盤進場）在十二根 5m K 線後於該側超過成本的機率。',
  ],
  [
    '48 closed 15m candles of 8 measures; for the nearest pool of each side: the probability that price trades beyond it within 24 bars of 15m, and its distance in ATR if it does.',
    '48 根已收盘 15m K 线的 8 项度量；对每侧最近的流动性池：价格在 24 根 15m 内越过它的概率，以及越过时以 ATR 计的距离。',
    '48 根已收盤 15m K 線的 8 項度量；對每側最近的流動性池：價格在 24 根 15m 內越過它的機率，以及越過時以 ATR 計的距離。',
  ],
  ['The pool itself is not among the inputs.', '流动性池本身不在输入中。', '流動性池本身不在輸入中。'],
  [
    'Ten closed 1h candles of 12 measures; whether the market will be trending, ranging or volatile ten 1h candles on, by the same definition as the rule.',
    '十根已收盘 1h K 线的 12 项度量；按与规则相同的定义，十根 1h 之后市场是趋势、区间还是剧烈波动。',
    '十根已收盤 1h K 線的 12 項度量；按與規則相同的定義，十根 1h 之後市場是趨勢、區間還是劇烈波動。',
  ],
  [
    'It is judged against the rule that serves without it, not against the base rate.',
    '与无它时使用的规则相比评判，而非与基准频率相比。',
    '與無它時使用的規則相比評判，而非與基準頻率相比。',
  ],
  [
    'Double Q-learning over past set-ups: 24 measures of the moment, nine actions (four ways to decide at half or full size, and standing aside), each rewarded with what it would have earned in R after costs.',
    '对过往形态的双重 Q 学习：24 项当时的度量，九个动作（四种决策方式各以半仓或全仓，以及观望），以扣除成本后的 R 为奖励。',
    '對過往型態的雙重 Q 學習：24 項當時的度量，九個動作（四種決策方式各以半倉或全倉，以及觀望），以扣除成本後的 R 為獎勵。',
  ],
  [
    'The networks had seen part of the time it learned from; all figures are from later set-ups.',
    '各网络见过其学习时段的一部分；所有指标来自其后的形态。',
    '各網路見過其學習時段的一部分；所有指標來自其後的型態。',
  ],
  [
    'Logistic stacking of {names}; weights {weights}, intercept {intercept}; Platt calibration; conformal half width {width} (90 %), wider where the ensemble and the trees disagree.',
    '对 {names} 的逻辑回归堆叠；权重 {weights}，截距 {intercept}；Platt 校准；保形半宽 {width}（90 %），集成与提升树分歧时更宽。',
    '對 {names} 的邏輯迴歸堆疊；權重 {weights}，截距 {intercept}；Platt 校準；保形半寬 {width}（90 %），整合與提升樹分歧時更寬。',
  ],
  ['It states no outcome and has no edge of its own.', '它不陈述结果，自身没有优势。', '它不陳述結果，自身沒有優勢。'],
  ['Its inputs are not watched; those of the boosted trees are.', '其输入未被监测；提升树的输入有监测。', '其輸入未被監測；提升樹的輸入有監測。'],
  ['fp32; INT8 is switched off (ENABLE_QUANTIZATION).', 'fp32；INT8 已关闭（ENABLE_QUANTIZATION）。', 'fp32；INT8 已關閉（ENABLE_QUANTIZATION）。'],
  ['fp32 until both forms are measured.', '两种形式测量前使用 fp32。', '兩種形式測量前使用 fp32。'],
  ['There is no model named {name}.', '没有名为 {name} 的模型。', '沒有名為 {name} 的模型。'],
  // the evolver's policy
  ['evolver, R a decision (traded {count})', '进化器，每次决策 R（交易 {count}）', '進化器，每次決策 R（交易 {count}）'],
  [
    'best fixed action of the training time ({action}), R a decision (traded {count})',
    '训练期最佳固定动作（{action}），每次决策 R（交易 {count}）',
    '訓練期最佳固定動作（{action}），每次決策 R（交易 {count}）',
  ],
  [
    'without an evolver ({action}), R a decision (traded {count})',
    '无进化器（{action}），每次决策 R（交易 {count}）',
    '無進化器（{action}），每次決策 R（交易 {count}）',
  ],
  ['always {action}, R a decision (traded {count})', '始终{action}，每次决策 R（交易 {count}）', '始終{action}，每次決策 R（交易 {count}）'],
  ['stand aside', '观望', '觀望'],
  ['ict at {size}', 'ICT（仓位 {size}）', 'ICT（倉位 {size}）'],
  ['hybrid at {size}', '混合（仓位 {size}）', '混合（倉位 {size}）'],
  ['model at {size}', '模型（仓位 {size}）', '模型（倉位 {size}）'],
  ['consensus at {size}', '一致（仓位 {size}）', '一致（倉位 {size}）'],
];
