"""What a backtest came to, as a page, a terminal table or JSON; nothing here computes a statistic."""
