//! Words that name the user, item, rating and time columns, by language. One word each; where a language writes a
//! thing in several forms (plural, genitive), all that headers use are listed.

/// Words of one language.
pub(super) struct Language {
    /// Words for the user, the item, the rating and the time.
    pub roles: [&'static str; 4],
}

const fn language(
    user: &'static str,
    item: &'static str,
    rating: &'static str,
    time: &'static str,
) -> Language {
    Language { roles: [user, item, rating, time] }
}

/// All languages, English first.
pub(super) const LANGUAGES: [Language; 27] = [
    language(
        "user usr uid reviewer customer member reader person people profile author student listener viewer player \
         critic rater voter guest account visitor client buyer subscriber participant subject learner traveler \
         traveller patron commenter human screenname nick nickname login who respondent consumer shopper watcher \
         pupil employee patient household judge annotator evaluator recommender steamid",
        "item iid asin movie book music film song track album artist band game anime manga business product isbn \
         recipe joke restaurant hotel podcast beer wine course offering show series video place venue poi app article \
         story dish food drink episode comic novel attraction location lecture class clip news artwork toy sku good \
         merchant shop store title channel playlist photo post paper media work object stimulus question exercise \
         problem listing perfume fragrance whisky whiskey coffee tea cocktail boardgame gmap",
        "rating rate score star stars overall grade mark marks points vote response liking preference \
         recommended",
        "timestamp time date datetime tstamp ts when created updated createdat updatedat lastupdated modified",
    ),
    language(
        "nutzer benutzer anwender kunde kunden kundin leser leserin hörer person schüler student spieler teilnehmer \
         mitglied besucher",
        "buch bücher artikel produkt titel lied spiel gericht kurs serie sache film werk ware wein bier rezept",
        "bewertung note sterne punkte wertung punktzahl urteil",
        "datum zeit zeitpunkt uhrzeit zeitstempel bewertungsdatum",
    ),
    language(
        "utilisateur usager client lecteur auditeur joueur membre personne élève acheteur internaute",
        "livre article produit jeu chanson titre film série morceau œuvre oeuvre recette vin bière",
        "évaluation evaluation étoiles etoiles note appréciation appreciation",
        "heure date horodatage",
    ),
    language(
        "usuario usuaria cliente lector persona alumno jugador oyente miembro socio",
        "libro película pelicula producto artículo articulo canción cancion juego obra serie plato receta",
        "puntuación puntuacion calificación calificacion valoración valoracion nota estrellas puntaje",
        "fecha hora",
    ),
    language(
        "usuário usuario utilizador cliente leitor pessoa aluno jogador membro",
        "livro filme produto jogo música artigo série obra receita",
        "avaliação avaliacao nota estrelas pontuação pontuacao classificação classificacao",
        "data hora",
    ),
    language(
        "utente cliente lettore persona giocatore studente membro",
        "libro film prodotto canzone gioco articolo opera brano ricetta vino",
        "voto valutazione punteggio stelle giudizio",
        "data ora",
    ),
    language(
        "gebruiker klant lezer persoon speler lid leerling",
        "boek artikel product lied spel gerecht film recept",
        "cijfer beoordeling sterren waardering score",
        "datum tijd tijdstip",
    ),
    language(
        "użytkownik uzytkownik klient czytelnik osoba gracz uczeń",
        "książka ksiazka produkt gra film utwór utwor towar",
        "ocena punkty gwiazdki",
        "data czas",
    ),
    language(
        "пользователь пользователя клиент клиента читатель читателя покупатель зритель ученик студент игрок",
        "фильм фильма книга книги товар товара игра игры продукт песня альбом рецепт",
        "оценка рейтинг балл звезды",
        "дата время",
    ),
    language(
        "користувач користувача клієнт читач покупець",
        "книга книги фільм фільму товар товару гра продукт",
        "оцінка рейтинг бал",
        "дата час",
    ),
    language(
        "用户 用戶 使用者 会员 會員 读者 讀者 顾客 客户 买家 评论者 观众 学生 玩家 网友",
        "电影 電影 影片 图书 圖書 书籍 书 商品 物品 项目 音乐 歌曲 产品 菜品 餐厅 酒店 游戏 动漫 书名 片名",
        "评分 評分 分数 打分 星级 評價 得分 评价 评级",
        "时间 時間 日期 评论时间 评分时间 创建时间",
    ),
    language(
        "ユーザー ユーザ 会員 利用者 顧客 読者 学生 レビュアー",
        "アイテム 映画 本 商品 書籍 作品 製品 曲 ゲーム アニメ 店舗",
        "評価 評点 点数 星 スコア 星数",
        "日時 日付 時刻",
    ),
    language(
        "사용자 회원 고객 유저 독자 이용자",
        "영화 상품 도서 책 아이템 제품 음악 노래 게임",
        "평점 별점 점수 평가",
        "시간 날짜 일시 일자",
    ),
    language(
        "kullanıcı kullanici müşteri musteri üye okur kişi",
        "kitap ürün urun film oyun şarkı eser",
        "puan değerlendirme degerlendirme not yıldız",
        "tarih zaman saat",
    ),
    language(
        "مستخدم المستخدم عميل العميل زبون قارئ القارئ",
        "كتاب الكتاب فيلم الفيلم منتج المنتج عنصر العنصر",
        "تقييم التقييم درجة الدرجة",
        "تاريخ التاريخ وقت الوقت",
    ),
    language("کاربر مشتری خواننده", "کتاب فیلم محصول کالا", "امتیاز نمره", "تاریخ زمان"),
    language("משתמש לקוח קורא", "ספר סרט מוצר פריט", "דירוג ציון", "תאריך זמן"),
    language(
        "användare kund läsare person medlem",
        "bok film produkt vara spel",
        "betyg omdöme poäng",
        "datum tid",
    ),
    language(
        "bruger bruker kunde kunder læser leser person medlem",
        "bog bok film produkt vare spill spil",
        "bedømmelse vurdering karakter stjerner anmeldelse",
        "dato tid tidspunkt",
    ),
    language(
        "käyttäjä asiakas lukija henkilö",
        "kirja elokuva tuote peli",
        "arvosana arvio pisteet",
        "päivä aika päivämäärä",
    ),
    language(
        "uživatel uzivatel zákazník zakaznik čtenář používateľ",
        "kniha film produkt zboží hra výrobek",
        "hodnocení hodnoceni známka hodnotenie",
        "datum čas dátum",
    ),
    language(
        "felhasználó ügyfél vásárló olvasó",
        "könyv film termék játék",
        "értékelés pontszám osztályzat",
        "dátum idő",
    ),
    language(
        "χρήστης πελάτης αναγνώστης",
        "βιβλίο ταινία προϊόν παιχνίδι",
        "βαθμολογία αξιολόγηση",
        "ημερομηνία ώρα",
    ),
    language("उपयोगकर्ता ग्राहक पाठक", "पुस्तक फिल्म उत्पाद किताब", "रेटिंग अंक मूल्यांकन", "दिनांक समय तारीख"),
    language(
        "ngườidùng kháchhàng pengguna pelanggan pembeli",
        "sách phim sảnphẩm buku produk barang",
        "đánhgiá điểm nilai penilaian skor",
        "ngày thờigian tanggal waktu",
    ),
    language("utilizator client cititor persoană", "carte film produs joc", "evaluare notă nota", "data ora"),
    language("ผู้ใช้ ลูกค้า ผู้อ่าน", "หนังสือ ภาพยนตร์ สินค้า หนัง", "คะแนน", "วันที่ เวลา"),
];

/// Words for how often something was used, which is no rating but can stand in for one.
pub(super) const COUNTS: &str = "plays playcount playcounts count counts hours minutes listens clicks purchases visits \
     views watches streams downloads playtime votes weight frequency quantity qty times occurrences";

/// Words for things that have ids and names as well and are neither users nor items, or that describe them.
pub(super) const OTHERS: &str = "tag tags genre genres category categories type kind status price cost amount year age \
     gender sex occupation page pages runtime runtimes duration length country city state region zip zipcode postcode \
     language lang format binding publisher brand brewery brewer director directors publication url uri link image \
     comment comments text review reviews summary description helpful useful funny cool abv style shelf shelves \
     latitude longitude lat lon lng";

/// Words of [`OTHERS`] whose numbers are no ratings whatever they look like.
pub(super) const MEASURES: &str = "price cost amount year age zip zipcode postcode pages runtime duration length latitude longitude lat lon lng abv";

/// Words that say that a number was counted or averaged over many people.
pub(super) const OF_MANY: &str = "avg average mean median num n number total helpful helpfulness useful funny cool votes \
     global community imdb predicted prediction pred expected count";

/// Whether a list in one text has a word.
pub(super) fn has(list: &str, word: &str) -> bool {
    list.split_whitespace().any(|known| known == word)
}

/// Whether a word names a role in one of the languages.
pub(super) fn names_role(role: usize, word: &str) -> bool {
    LANGUAGES.iter().any(|language| has(language.roles[role], word))
}
