import type { Language } from './words.js';

/** The reader's language and theme: asked for in the address, else chosen before, else the system's. */
export class Preferences {
  language: Language;
  #theme: 'light' | 'dark' | null;

  constructor() {
    const query = new URLSearchParams(location.search);
    const language = query.get('lang') ?? stored('riskwatch.language') ?? navigator.language;
    this.language = language.toLowerCase().startsWith('zh') ? 'zh' : 'en';
    const theme = query.get('theme') ?? stored('riskwatch.theme');
    this.#theme = theme === 'light' || theme === 'dark' ? theme : null;
    this.#apply();
  }

  get dark(): boolean {
    return this.#theme === null ? matchMedia('(prefers-color-scheme: dark)').matches : this.#theme === 'dark';
  }

  toggleTheme(): void {
    this.#theme = this.dark ? 'light' : 'dark';
    store('riskwatch.theme', this.#theme);
    this.#apply();
  }

  toggleLanguage(): void {
    this.language = this.language === 'zh' ? 'en' : 'zh';
    store('riskwatch.language', this.language);
    this.#apply();
  }

  #apply(): void {
    const root = document.documentElement;
    root.lang = this.language;
    if (this.#theme === null) delete root.dataset.theme;
    else root.dataset.theme = this.#theme;
  }
}

// A browser that keeps nothing for pages throws here; then a choice lasts as long as the page.
function stored(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

function store(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    // As above.
  }
}
