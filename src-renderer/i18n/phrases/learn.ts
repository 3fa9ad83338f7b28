// Models and outcomes.
import type { Phrase } from '../phrase.ts';

export const LEARN_PHRASES = {
  'model.serving': ['Serving now', '当前服务', '目前服務'],
  'model.none': [
    'No model is loaded; ICT rules decide alone. Train one with `npm run train`, or restore the models folder.',
    '未加载模型；仅由 ICT 规则决策。可用 `npm run train` 训练，或恢复 models 文件夹。',
    '未載入模型；僅由 ICT 規則決策。可用 `npm run train` 訓練，或恢復 models 資料夾。',
  ],
  'model.name': ['Model', '模型', '模型'],
  'model.edge': ['Edge', '优势', '優勢'],
  'model.hasEdge': ['Better than costs and chance on data it never saw.', '在未见过的数据上优于成本与随机。', '在未見過的資料上優於成本與隨機。'],
  'model.noEdge': ['No edge on data it never saw.', '在未见过的数据上没有优势。', '在未見過的資料上沒有優勢。'],
  'model.authority': ['Authority', '权限', '權限'],
  'model.mayRaise': ['May confirm, raise, lower and veto.', '可确认、调高、调低和否决。', '可確認、調高、調低和否決。'],
  'model.mayLower': [
    'May only lower or veto, until its calibration out of sample passes.',
    '样本外校准通过前，仅可调低或否决。',
    '樣本外校準通過前，僅可調低或否決。',
  ],
  'model.report': ['Report', '报告', '報告'],
  'model.training': ['Training', '训练', '訓練'],
  'model.noTraining': ['No training runs in this session.', '本次会话没有训练。', '本次工作階段沒有訓練。'],
  'model.effects': ['What its opinions did', '其意见的作用', '其意見的作用'],
  'model.noOpinions': ['Opinions appear with the first signals.', '首批信号出现后显示意见。', '首批訊號出現後顯示意見。'],
  'model.meanWin': ['mean win {share}', '平均胜率 {share}', '平均勝率 {share}'],
  'outcomes.empty': [
    'When the first candidates have reached their stop, target or expiry, this shows what each decision saved or cost.',
    '首批候选到达止损、止盈或到期后，此处显示每种判定的得失。',
    '首批候選到達停損、停利或到期後，此處顯示每種判定的得失。',
  ],
  'outcomes.veto': ['What the veto saved or cost', '否决的得失', '否決的得失'],
  'outcomes.of': ['of {count}', '共 {count}', '共 {count}'],
  'outcomes.noVeto': ['No vetoed candidate has ended yet.', '尚无被否决的候选结束。', '尚無被否決的候選結束。'],
  'outcomes.saved': [
    'The models stopped {count|candidate|candidates} that would have lost {sum} in all.',
    '模型阻止了 {count} 个候选，本会合计亏损 {sum}。',
    '模型阻止了 {count} 個候選，本會合計虧損 {sum}。',
  ],
  'outcomes.cost': [
    'The models stopped {count|candidate|candidates} that would have earned {sum} in all.',
    '模型阻止了 {count} 个候选，本会合计盈利 {sum}。',
    '模型阻止了 {count} 個候選，本會合計獲利 {sum}。',
  ],
  'outcomes.count': ['Ended', '已结束', '已結束'],
  'outcomes.won': ['Won', '盈利', '獲利'],
  'outcomes.mean': ['Mean', '平均', '平均'],
  'outcomes.sum': ['Sum', '合计', '合計'],
  'outcomes.calibration': ['Does confidence mean what it says?', '置信度名副其实吗？', '信心度名副其實嗎？'],
  'outcomes.calibrationHint': [
    'Confidence (across, %) against the share that won (up, %), all ended candidates. On the line, confidence is honest; bars are 95 % intervals.',
    '横轴为置信度（%），纵轴为盈利比例（%），含全部已结束候选。落在线上即真实；竖条为 95 % 区间。',
    '橫軸為信心度（%），縱軸為獲利比例（%），含全部已結束候選。落在線上即真實；豎條為 95 % 區間。',
  ],
  'outcomes.bin': ['at {confidence}: {won} of {count} won', '{confidence} 处：{count} 个中 {won} 盈利', '{confidence} 處：{count} 個中 {won} 獲利'],
} as const satisfies Record<string, Phrase>;
